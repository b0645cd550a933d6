import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import type { Calendar } from '../calendars/calendar.ts';
import type { Duration } from '../calendars/schema.ts';
import { compileCondition } from '../conditions/compile-condition.ts';
import type { Predicate } from '../conditions/compile-condition.ts';
import type { Lists } from '../conditions/operator.ts';
import { compileTouch } from './read-touch.ts';
import type { TouchRules } from './read-touch.ts';
import type { Sla } from './schema.ts';

/** The section `sla`, ready to judge with. */
export type SlaRules = {
  readonly touch: TouchRules;
  /** A later record than this counts when it was made (S4). */
  readonly backdateMax: Duration;
  /** Touches of one channel within this count once (S5). */
  readonly mergeWithin: Duration;
  /** In the order in which they are tried. */
  readonly policies: readonly SlaTerms[];
};

/** The deadlines of one policy, as offsets on one clock from the start (S7); null where the policy has no such step. */
export type SlaTerms = {
  readonly id: string;
  readonly when: Predicate;
  /** The calendar that the policy names for everybody; null where it is the assignee's. */
  readonly clock: Calendar | null;
  readonly within: Duration;
  readonly warn: Duration | null;
  readonly reassign: Duration | null;
  /** How long touches are counted (S13). */
  readonly window: Duration | null;
  /** A later record than this counts when it was made (S4). */
  readonly backdateMax: Duration;
  /** Touches of one channel within this count once (S5). */
  readonly mergeWithin: Duration;
};

/**
 * Compiles a section that its schema has accepted, once for all leads.
 * @throws AppError `E_LIST_UNKNOWN` (fix-config) when a condition names a list that there is not.
 */
export function compileSla(
  source: Pick<Sla, 'touch' | 'policies'>,
  lists: Lists,
  calendars: ReadonlyMap<string, Calendar>,
): SlaRules {
  const { backdate_max: backdateMax, merge_within: mergeWithin } = source.touch;
  return {
    touch: compileTouch(source.touch, lists),
    backdateMax,
    mergeWithin,
    policies: source.policies.map(({ id, when, clock, first_touch: firstTouch, touches, reassign }) => ({
      id,
      when: compileCondition(when, lists),
      clock: calendars.get(clock) ?? null,
      within: firstTouch.within,
      warn: firstTouch.warn ?? null,
      reassign: reassign?.after ?? null,
      window: touches?.within ?? null,
      backdateMax,
      mergeWithin,
    })),
  };
}

/** The policy of a lead whose timer starts now: the first whose `when` is true (S1); null where none fits. */
export function pickTerms({ policies }: SlaRules, fields: Fields, now: Instant): SlaTerms | null {
  return policies.find(({ when }) => when.holds(fields, now)) ?? null;
}
