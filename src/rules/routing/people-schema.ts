import { z } from 'zod';

import { Name, Texts } from './target.ts';

/** Whole days, both included, as `YYYY-MM-DD` in the person's calendar. */
export type DayRange = { readonly first: string; readonly last: string };

const Day = z.string().refine(isDay, { error: ({ input }) => `"${String(input)}" is not a date like 2026-12-01` });

const Days = z.string().transform((text, context): DayRange => {
  const [first = '', last = first, ...rest] = text.split('/').map((day) => day.trim());
  if (rest.length === 0 && isDay(first) && isDay(last) && first <= last) return { first, last };
  context.addIssue({
    code: 'custom',
    message: `"${text}" is not a range of days; write 2026-11-23 or 2026-11-23/2026-11-27, the first not after the last`,
  });
  return z.NEVER;
});

/** Facts about one person, for every pool (R9). */
export const Person = z.strictObject({
  /** The first day of turns. */
  from: Day.optional(),
  /** The last day of turns. */
  until: Day.optional(),
  away: z.array(Days).default([]),
  paused: z.boolean().default(false),
  skills: z.record(Name, Texts).default({}),
  calendar: Name.optional(),
});
export type Person = z.output<typeof Person>;

function isDay(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
