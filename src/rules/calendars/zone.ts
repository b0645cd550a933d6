import { DateTime, IANAZone } from 'luxon';

import type { Instant } from '../../domain/instant.ts';

/** Milliseconds that local time is ahead of UTC in an IANA zone at an instant. */
export function offsetMs(timezone: string, at: Instant): number {
  return IANAZone.create(timezone).offset(at) * 60_000;
}

/** The date on a wall calendar of the zone, `2026-11-23`. */
export function localDate(timezone: string, at: Instant): string {
  return new Date(at + offsetMs(timezone, at)).toISOString().slice(0, 10);
}

/** The first instant of a local date; where midnight itself is skipped by daylight saving, the first after it. */
export function localMidnight(timezone: string, date: string): Instant {
  return DateTime.fromISO(date, { zone: timezone }).startOf('day').toMillis();
}

/**
 * The instant after `from` and until `to` at which the zone's offset changes, or null when it is the same at both.
 * Expects a span so short that it holds one change at most.
 */
export function offsetChange(timezone: string, from: Instant, to: Instant): Instant | null {
  const before = offsetMs(timezone, from);
  if (before === offsetMs(timezone, to)) return null;
  let [earliest, latest] = [from, to];
  while (latest - earliest > 1) {
    const middle = Math.floor((earliest + latest) / 2);
    if (offsetMs(timezone, middle) === before) earliest = middle;
    else latest = middle;
  }
  return latest;
}
