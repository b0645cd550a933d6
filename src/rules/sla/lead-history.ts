import { writeInstant, type Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import type { SlaRules } from './compile-sla.ts';
import { touchesSince } from './judge-sla.ts';
import type { Touch } from './read-touch.ts';

/** What a lead's past holds. */
export type LeadHistory = {
  /** When it was given to its owner; null while it is nobody's. */
  readonly assignedAt: Instant | null;
  /** By its owner, in any order. */
  readonly touches: readonly Touch[];
  /** Answers to campaigns, in any order. */
  readonly responses: readonly { readonly at: Instant; readonly source: string }[];
};

/** The names that `describeHistory` gives (F13). `score.gain` needs a lead that was recycled. */
export const HISTORY_FIELDS = ['sla.age', 'sla.touches', 'sla.responses', 'last_touch', 'response.source'] as const;

/**
 * What rules may ask of a lead's past (F13), by the names of `HISTORY_FIELDS`. What is counted from the assignment on is
 * null before it; `response.source` is left to the lead itself while it has answered nothing.
 */
export function describeHistory(
  { assignedAt, touches, responses }: LeadHistory,
  rules: Pick<SlaRules, 'backdateMax' | 'mergeWithin'> | null,
): Fields {
  const ever = rules === null ? [] : touchesSince(-Infinity, rules, touches);
  const since = rules === null || assignedAt === null ? [] : touchesSince(assignedAt, rules, touches);
  const last = ever.at(-1)?.at;
  const latest = responses.toSorted((left, right) => left.at - right.at).at(-1);
  return {
    'sla.age': assignedAt === null ? null : writeInstant(assignedAt),
    'sla.touches': assignedAt === null ? null : since.length,
    'sla.responses': assignedAt === null ? null : responses.filter(({ at }) => at >= assignedAt).length,
    last_touch: last === undefined ? null : writeInstant(last),
    ...(latest === undefined ? {} : { 'response.source': latest.source }),
  };
}
