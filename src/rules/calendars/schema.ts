import { IANAZone } from 'luxon';
import { z } from 'zod';

import { readDays, readWindow } from './opening-hours.ts';

export { Duration } from './duration.ts';
export type { DurationUnit } from './duration.ts';

const Timezone = z.string().refine((zone) => IANAZone.isValidZone(zone), {
  error: ({ input }) => `"${String(input)}" is not an IANA time zone`,
});

const LocalDate = z
  .string()
  .refine(isDate, { error: ({ input }) => `"${String(input)}" is not a date like 2026-12-25` });

const OpeningHours = z.record(z.string(), z.array(z.string())).superRefine((open, context) => {
  const windowsByDay = new Map<number, { readonly open: number; readonly close: number }[]>();
  for (const [days, texts] of Object.entries(open)) {
    const weekdays = readDays(days);
    if (weekdays === null) {
      const message = `"${days}" names no days; write mon, mon-fri or "mon,wed,fri"`;
      context.addIssue({ code: 'custom', path: [days], message });
      continue;
    }
    for (const [index, text] of texts.entries()) {
      const window = readWindow(text);
      if (window === null) {
        const message = `"${text}" is not a window; write 09:00-17:30, the end after the start, 24:00 at the latest`;
        context.addIssue({ code: 'custom', path: [days, index], message });
        continue;
      }
      for (const weekday of weekdays) {
        const others = windowsByDay.get(weekday) ?? [];
        if (others.some((other) => window.open < other.close && other.open < window.close)) {
          const message = `"${text}" overlaps another window of the same day`;
          context.addIssue({ code: 'custom', path: [days, index], message });
          break;
        }
        windowsByDay.set(weekday, [...others, window]);
      }
    }
  }
  if (windowsByDay.size === 0) {
    context.addIssue({ code: 'custom', message: 'a calendar must be open at some time of the week' });
  }
});

/**
 * One calendar as the YAML has it: local windows `[open, close)` by days of the week, minus holidays (F21).
 * Days are `mon` to `sun`, a range (`mon-fri`, `sat-mon`) or a list (`mon,wed`); windows of one day do not overlap.
 */
export const CalendarSource = z.strictObject({
  timezone: Timezone,
  open: OpeningHours,
  holidays: z.array(LocalDate).default([]),
});
export type CalendarSource = z.output<typeof CalendarSource>;

/** All calendars by name. */
export const Calendars = z.record(z.string(), CalendarSource);
export type Calendars = z.output<typeof Calendars>;

function isDate(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
