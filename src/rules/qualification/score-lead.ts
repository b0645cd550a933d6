import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import type { Score } from './qualification-rules.ts';

/** What a lead scores, and the ids of the rules that gave or took points, in the order of the file. */
export type Standing = { readonly total: number; readonly rules: readonly string[] };

/** Adds the points of every rule that is true (Q5). */
export function scoreLead({ points }: Score, fields: Fields, now: Instant): Standing {
  const held = points.filter(({ when }) => when.holds(fields, now));
  return { total: held.reduce((sum, { add }) => sum + add, 0), rules: held.map(({ id }) => id) };
}
