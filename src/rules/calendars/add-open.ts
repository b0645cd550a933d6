import type { Instant } from '../../domain/instant.ts';
import { compileCalendar } from './calendar.ts';
import type { Calendar } from './calendar.ts';
import { elapsedMs } from './duration.ts';
import type { Duration } from './duration.ts';
import { DAY_MS, openDayAfter, openingAt } from './openings.ts';

/** Monday to Friday in UTC, round the clock: counts business days where a rule names no calendar. */
export const weekdays: Calendar = compileCalendar({
  timezone: 'UTC',
  open: { 'mon-fri': ['00:00-24:00'] },
  holidays: [],
});

/**
 * When a duration from `start` is over on a calendar (F22, F23). Seconds, minutes and hours are open time, business
 * days keep the wall time within the windows of the day reached, days are 24 hours whatever the calendar says.
 * The start snaps forward to open time; the result is in open time or a closing instant, but for `d`.
 * @throws AppError `calendar-never-opens` (fix-config) when the calendar does not open enough within 50 years.
 */
export function addOpen(calendar: Calendar, start: Instant, duration: Duration): Instant {
  const { amount, unit } = duration;
  if (unit === 'd') return start + elapsedMs(amount, unit);
  if (unit === 'bd') return addBusinessDays(calendar, start, amount);
  return addOpenMs(calendar, start, elapsedMs(amount, unit));
}

/** When a duration from `start` is over by the clock on the wall; business days are those of `weekdays`. */
export function addElapsed(start: Instant, duration: Duration): Instant {
  const { amount, unit } = duration;
  return unit === 'bd' ? addBusinessDays(weekdays, start, amount) : start + elapsedMs(amount, unit);
}

/** Whether the instant is in open time. A closing instant is not. */
export function isOpen(calendar: Calendar, at: Instant): boolean {
  return openingAt(calendar, at).opens <= at;
}

/** The instant itself when it is in open time, else the next one that is. */
export function nextOpening(calendar: Calendar, at: Instant): Instant {
  return Math.max(at, openingAt(calendar, at).opens);
}

/** As `addOpen`, for a length in milliseconds of open time. */
export function addOpenMs(calendar: Calendar, start: Instant, length: number): Instant {
  let from = start;
  let left = length;
  for (;;) {
    const { opens, closes } = openingAt(calendar, from);
    const counted = Math.max(from, opens);
    if (left <= closes - counted) return counted + left;
    left -= closes - counted;
    from = closes;
  }
}

function addBusinessDays(calendar: Calendar, start: Instant, days: number): Instant {
  const first = openingAt(calendar, start);
  const snapped = Math.max(start, first.opens);
  if (days === 0) return snapped;
  const wallTime = snapped + first.offset - first.day * DAY_MS;
  const openings = openDayAfter(calendar, first.day, days);
  for (const { day, opens, closes, offset } of openings) {
    const due = day * DAY_MS + wallTime - offset;
    // Before the window, or in the gap before it: the opening.
    if (due < closes) return Math.max(due, opens);
  }
  return openings.at(-1)?.closes ?? snapped;
}
