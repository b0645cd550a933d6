import type { User } from '../../../domain/record.ts';
import { addElapsed } from '../../calendars/add-open.ts';
import { fold } from '../../text/fold.ts';
import type { DuplicateCandidate } from '../route-input.ts';
import { findUser } from '../users.ts';
import { reasonAgainstUser } from './give-to.ts';
import { pass } from './step.ts';
import type { Step, StepView } from './step.ts';

/** The owner of another record of the same person; caps and hours do not apply (R3). */
export const stickyDuplicate: Step = (view) => {
  const { rules, input } = view;
  const { Email: email } = input.fields;
  if (rules.stickyDuplicate === null || typeof email !== 'string' || email.trim() === '') return pass('no_email');
  const same = input.duplicates.filter((candidate) => isSamePerson(candidate, email, view));
  if (same.length === 0) return pass('no_duplicate');
  const owned = same.flatMap((candidate) => {
    const user = findUser(input.world.users, candidate.ownerId);
    return user === null || reasonAgainstUser(user, view) !== null ? [] : [{ candidate, user }];
  });
  const [latest] = owned.sort(compareRecency);
  if (latest === undefined) return pass('duplicate_owner_not_active');
  return { kind: 'user', user: latest.user, reason: `sticky_duplicate:${latest.candidate.id}` };
};

function isSamePerson(candidate: DuplicateCandidate, email: string, { rules, input, now }: StepView): boolean {
  const { stickyDuplicate: settings } = rules;
  if (settings === null || candidate.id === input.id || !candidate.isOpen) return false;
  if (!settings.objects.includes(candidate.object) || candidate.email === null) return false;
  if (fold(candidate.email) !== fold(email)) return false;
  const latest = Math.max(candidate.createdAt, candidate.touchedAt ?? candidate.createdAt);
  return addElapsed(latest, settings.window) >= now;
}

type Owned = { readonly candidate: DuplicateCandidate; readonly user: User };

/** Most recent activity, then newest, then lowest id (R3). */
function compareRecency({ candidate: left }: Owned, { candidate: right }: Owned): number {
  const never = Number.NEGATIVE_INFINITY;
  const [leftAt, rightAt] = [left.touchedAt ?? never, right.touchedAt ?? never];
  if (leftAt !== rightAt) return rightAt - leftAt;
  return right.createdAt - left.createdAt || (left.id < right.id ? -1 : 1);
}
