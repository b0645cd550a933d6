import { z } from 'zod';

import type { Instant } from '../domain/instant.ts';
import type { Fields } from '../domain/record.ts';

/** By field of one record when writes of ours were found undone lately, and until when the field is left alone; or 0. */
export type Undone = z.infer<typeof Undone>;

const Undone = z.record(z.string(), z.object({ at: z.array(z.number()), truceUntil: z.number() }));

/** So many own writes within the span, each undone, are a fight (F34). */
export const WRITES = 3;
export const SPAN = 10 * 60_000;
export const TRUCE = 24 * 3_600_000;

/**
 * Decides which of the wanted fields are written, and which are left alone since somebody undoes each write.
 * @param isUndone  whether all of `wanted` was written for the same ruling before, so that it can differ only because
 *   somebody changed it back
 * @param remembered  `undone` of the last time; anything else is nothing, as after Redis was lost
 * @returns `begun`: the fields whose fight has just been found; `undone`: what is to be remembered
 */
export function heedFights(
  wanted: Fields,
  isUndone: boolean,
  remembered: unknown,
  now: Instant,
): { readonly fields: Fields; readonly begun: readonly string[]; readonly undone: Undone } {
  const fields: Record<string, Fields[string]> = {};
  const begun: string[] = [];
  const undone: Undone = recentOf(remembered, now);
  for (const [field, value] of Object.entries(wanted)) {
    const { at = [], truceUntil = 0 } = undone[field] ?? {};
    if (truceUntil > now) continue;
    const times = isUndone ? [...at, now] : at;
    if (times.length >= WRITES) {
      begun.push(field);
      undone[field] = { at: [], truceUntil: now + TRUCE };
      continue;
    }
    if (isUndone) undone[field] = { at: times, truceUntil: 0 };
    fields[field] = value;
  }
  return { fields, begun, undone };
}

function recentOf(remembered: unknown, now: Instant): Undone {
  const known = Object.entries(Undone.safeParse(remembered).data ?? {});
  return Object.fromEntries(
    known
      .map(
        ([field, { at, truceUntil }]) => [field, { at: at.filter((each) => each > now - SPAN), truceUntil }] as const,
      )
      .filter(([, { at, truceUntil }]) => at.length > 0 || truceUntil > now),
  );
}
