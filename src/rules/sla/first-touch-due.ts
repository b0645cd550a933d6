import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import { addElapsed, addOpen } from '../calendars/add-open.ts';
import type { Calendar } from '../calendars/calendar.ts';
import type { Duration } from '../calendars/schema.ts';
import { compileCondition } from '../conditions/compile-condition.ts';
import type { Predicate } from '../conditions/compile-condition.ts';
import type { Lists } from '../conditions/operator.ts';
import type { Sla } from './schema.ts';

/** When the first touch of a lead is due (S1, S2, S6); null where no policy fits. */
export type FirstTouchDue = (fields: Fields, assignee: Calendar | null, from: Instant) => Instant | null;

type Policy = { readonly when: Predicate; readonly clock: Calendar | null; readonly within: Duration };

/** Compiles the policies; the first whose `when` is true counts. Its clock is the assignee's, or a calendar by name. */
export function compileFirstTouchDue(
  source: Pick<Sla, 'policies'>,
  lists: Lists,
  calendars: ReadonlyMap<string, Calendar>,
): FirstTouchDue {
  const policies = source.policies.map(({ when, clock, first_touch: firstTouch }): Policy => ({
    when: compileCondition(when, lists),
    clock: calendars.get(clock) ?? null,
    within: firstTouch.within,
  }));
  return (fields, assignee, from) => {
    const policy = policies.find(({ when }) => when.holds(fields, from));
    if (policy === undefined) return null;
    const clock = policy.clock ?? assignee;
    return clock === null ? addElapsed(from, policy.within) : addOpen(clock, from, policy.within);
  };
}
