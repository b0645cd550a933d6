import { AppError } from '../../domain/error.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Calendar } from './calendar.ts';
import { offsetChange, offsetMs } from './zone.ts';

/** A stretch of open time `[opens, closes)` of one local date, in which the offset to UTC stays the same. */
export type Opening = {
  /** Days from 1970-01-01 to the local date. */
  readonly day: number;
  readonly opens: Instant;
  readonly closes: Instant;
  /** Milliseconds that local time is ahead of UTC. */
  readonly offset: number;
};

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const FURTHEST_DAYS = 20_000;
const KEPT_DAYS = 2000;

const openingsByCalendar = new WeakMap<Calendar, Map<number, readonly Opening[]>>();

/** The first stretch of open time that ends after the instant: the running one, else the next. */
export function openingAt(calendar: Calendar, at: Instant): Opening {
  // Local dates run from a day before to a day after the date in UTC.
  const today = Math.floor(at / DAY_MS);
  for (let day = today - 1; day < today + FURTHEST_DAYS; day++) {
    for (const opening of openingsOf(calendar, day)) if (opening.closes > at) return opening;
  }
  throw neverOpens(calendar);
}

/** The stretches of the `count`-th open day after a day; at least one. */
export function openDayAfter(calendar: Calendar, day: number, count: number): readonly Opening[] {
  let left = count;
  for (let next = day + 1; next < day + FURTHEST_DAYS; next++) {
    const openings = openingsOf(calendar, next);
    if (openings.length > 0) left -= 1;
    if (left === 0) return openings;
  }
  throw neverOpens(calendar);
}

/**
 * The open time of one local date in order of time; empty on a holiday or a closed day. A change of the clocks splits
 * a window: a missing hour shortens it, a repeated hour counts twice as far as its wall time lies in the window (RE18).
 */
function openingsOf(calendar: Calendar, day: number): readonly Opening[] {
  let kept = openingsByCalendar.get(calendar);
  if (kept === undefined || kept.size > KEPT_DAYS) openingsByCalendar.set(calendar, (kept = new Map()));
  let openings = kept.get(day);
  if (openings === undefined) kept.set(day, (openings = computeOpenings(calendar, day)));
  return openings;
}

function computeOpenings(calendar: Calendar, day: number): readonly Opening[] {
  const midnight = day * DAY_MS;
  const date = new Date(midnight);
  const windows = calendar.windows[date.getUTCDay() || 7] ?? [];
  if (windows.length === 0 || calendar.holidays.has(date.toISOString().slice(0, 10))) return [];
  return spansOf(calendar.timezone, midnight).flatMap(({ from, to, offset }) =>
    windows
      .map(({ open, close }) => ({
        day,
        opens: Math.max(from, midnight + open * 60_000 - offset),
        closes: Math.min(to, midnight + close * 60_000 - offset),
        offset,
      }))
      .filter(({ opens, closes }) => opens < closes),
  );
}

/** The one or two spans of equal offset that hold every instant of a local date, wherever on earth. */
function spansOf(timezone: string, midnight: Instant): readonly { from: Instant; to: Instant; offset: number }[] {
  const from = midnight - 15 * HOUR_MS;
  const to = midnight + DAY_MS + 15 * HOUR_MS;
  const change = offsetChange(timezone, from, to);
  if (change === null) return [{ from, to, offset: offsetMs(timezone, from) }];
  return [
    { from, to: change, offset: offsetMs(timezone, from) },
    { from: change, to, offset: offsetMs(timezone, to) },
  ];
}

function neverOpens(calendar: Calendar): AppError {
  return new AppError({
    code: 'calendar-never-opens',
    recovery: 'fix-config',
    message: `a calendar in ${calendar.timezone} does not open as often as a rule needs it to`,
    mend: 'check its windows and holidays, and the durations of the rules that use it',
  });
}
