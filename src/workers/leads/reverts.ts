import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import type { Memory } from '../../ports.ts';
import type { Assignment } from '../../rules/routing/assignment.ts';
import { isIntake } from '../../rules/routing/is-intake.ts';
import { SPAN, TRUCE, WRITES } from '../fights.ts';
import type { Frame } from '../work-world.ts';

/**
 * A program has put the lead back to where we took it from: a flow in our own transaction, or another router (F34).
 * `again`: the owner is written once more. `fight`: that was the third time within ten minutes, it is left alone from now
 * on. `truce`: it is being left alone.
 */
export type Revert = { readonly by: string; readonly next: 'again' | 'fight' | 'truce'; readonly times: number };

/**
 * Whether, and by whom, our assignment was undone. A person who gives a lead back to a queue is no program: then it is
 * settled, and whatever programs do to the lead later does not change that (RE13).
 * @param fields  the lead's, as the org has them now
 */
export function findRevert(
  fields: Fields,
  memory: Memory | null,
  assignment: Assignment | null,
  { rulebook, directory }: Frame,
  ownUserId: string,
  now: Instant,
): Revert | null {
  const { OwnerId: owner, LastModifiedById: by } = fields;
  const rules = rulebook.routing?.rules;
  if (rules === undefined || assignment?.isConfirmed !== true || assignment.ownerId === owner) return null;
  if (memory === null || memory['is_settled'] === true || typeof by !== 'string') return null;
  const isProgram = by === ownUserId || isIntake({ intake: rules.intake ?? [] }, { kind: 'user', id: by }, directory.users); // oxfmt-ignore
  if (!isProgram) return null;
  const times = revertsIn(memory, now).length + 1;
  if (truceUntil(memory) > now) return { by, next: 'truce', times };
  return { by, next: times < WRITES ? 'again' : 'fight', times };
}

/** What is remembered of reverts: when they were seen, and until when the lead is left alone. */
export function rememberRevert(revert: Revert | null, memory: Memory | null, now: Instant): Memory {
  if (revert === null) return {};
  if (revert.next === 'again') return { reverts: [...revertsIn(memory, now), now] };
  return { truce_until: revert.next === 'fight' ? now + TRUCE : truceUntil(memory) };
}

function revertsIn(memory: Memory | null, now: Instant): readonly Instant[] {
  const seen = memory?.['reverts'];
  return Array.isArray(seen) ? seen.filter((at): at is Instant => typeof at === 'number' && at > now - SPAN) : [];
}

function truceUntil(memory: Memory | null): Instant {
  const until = memory?.['truce_until'];
  return typeof until === 'number' ? until : 0;
}
