import type { Instant } from '../../domain/instant.ts';
import { addElapsed, addOpen, addOpenMs } from '../calendars/add-open.ts';
import type { Calendar } from '../calendars/calendar.ts';
import type { Duration } from '../calendars/schema.ts';
import { openingAt } from '../calendars/openings.ts';

/** A time in which the clock stands still, `[from, to)`. */
export type Pause = readonly [from: Instant, to: Instant];

/**
 * When a duration from `start` is over on a clock that pauses stop (S8): what was open before a pause is kept, and the
 * rest is added when it ends. So the open time of each pause that begins before the end is added to it.
 * @param clock  null runs round the clock
 * @param pauses  in any order; they may overlap
 */
export function addRunning(
  clock: Calendar | null,
  start: Instant,
  duration: Duration,
  pauses: readonly Pause[],
): Instant {
  let end = clock === null ? addElapsed(start, duration) : addOpen(clock, start, duration);
  // Days of 24 hours pass on any calendar (F22).
  const counted = duration.unit === 'd' ? null : clock;
  let seen = start;
  for (const [from, to] of pauses.toSorted(([left], [right]) => left - right)) {
    const begins = Math.max(from, seen);
    if (begins >= end || to <= begins) continue;
    seen = to;
    const stood = counted === null ? to - begins : openMsBetween(counted, begins, to);
    // A pause in closed hours moves nothing, not even an end at closing time.
    if (stood > 0) end = counted === null ? end + stood : addOpenMs(counted, end, stood);
  }
  return end;
}

function openMsBetween(calendar: Calendar, from: Instant, to: Instant): number {
  let open = 0;
  for (let at = from; at < to;) {
    const { opens, closes } = openingAt(calendar, at);
    open += Math.max(0, Math.min(closes, to) - Math.max(opens, at));
    at = closes;
  }
  return open;
}
