import type { Instant } from '../../../domain/instant.ts';
import type { User } from '../../../domain/record.ts';
import { isOpen } from '../../calendars/add-open.ts';
import { localDate } from '../../calendars/zone.ts';
import { fold } from '../../text/fold.ts';
import { findUser } from '../users.ts';
import type { Member, Pool } from './pool.ts';
import { loadOf } from './world.ts';
import type { Load, World } from './world.ts';

/** Why a member gets no turn (R9), in the order in which it is asked; `refused_by_org` comes from failed writes (R14). */
export type Ineligibility =
  | 'inactive_user'
  | 'not_started'
  | 'ended'
  | 'away'
  | 'paused'
  | 'requirement'
  | 'excluded_previous'
  | 'refused_by_org'
  | 'cap_open'
  | 'cap_day'
  | 'hours';

/** What a pick must know about the lead. */
export type PickRequest = {
  /** Ids of the users whom this daemon gave the record to, the latest first, across pools (R18). */
  readonly previousAssignees: readonly string[];
  /** Ids of the users whom the org did not let own this record (R14). */
  readonly refused: readonly string[];
};

/** A member who can be asked: the user exists. */
export type Seat = { readonly member: Member; readonly user: User; readonly load: Load };

/** One member's verdict: a seat without a reason is eligible; no seat when the org has no such user. */
export type Verdict = {
  readonly member: Member;
  readonly seat: Seat | null;
  readonly reason: Ineligibility | null;
};

/** Asks every member of the pool, in the order of the file. The first failure is the reason (R9). */
export function judgeMembers(pool: Pool, world: World, request: PickRequest, now: Instant): readonly Verdict[] {
  const excluded = new Set(request.previousAssignees.slice(0, pool.excludePrevious));
  return pool.members.map((member) => {
    const user = findUser(world.users, member.user);
    if (user === null) return { member, seat: null, reason: 'inactive_user' };
    const seat = { member, user, load: loadOf(world, pool.name, user.id) };
    return { member, seat, reason: reasonAgainst(seat, pool, { excluded, refused: request.refused, now }) };
  });
}

type Question = {
  readonly excluded: ReadonlySet<string>;
  readonly refused: readonly string[];
  readonly now: Instant;
};

function reasonAgainst(seat: Seat, pool: Pool, { excluded, refused, now }: Question): Ineligibility | null {
  const { member, user, load } = seat;
  const { person, cap, calendar } = member;
  if (!user.isActive) return 'inactive_user';
  const today = localDate(calendar?.timezone ?? 'UTC', now);
  if (person.from !== undefined && today < person.from) return 'not_started';
  if (person.until !== undefined && today > person.until) return 'ended';
  if (person.away.some(({ first, last }) => first <= today && today <= last)) return 'away';
  if (person.paused) return 'paused';
  if (!hasSkills(member, pool)) return 'requirement';
  if (excluded.has(user.id)) return 'excluded_previous';
  if (refused.includes(user.id)) return 'refused_by_org';
  if (cap.open !== undefined && load.open >= cap.open) return 'cap_open';
  if (cap.day !== undefined && load.today >= cap.day) return 'cap_day';
  if (calendar !== null && !isOpen(calendar, now)) return 'hours';
  return null;
}

function hasSkills({ person }: Member, { requirement }: Pool): boolean {
  for (const [skill, wanted] of requirement) {
    const has = person.skills[skill] ?? [];
    if (!has.some((value) => wanted.has(fold(value)))) return false;
  }
  return true;
}
