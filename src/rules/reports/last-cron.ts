import { DateTime } from 'luxon';

import type { Instant } from '../../domain/instant.ts';
import { readCron, type Cron } from './cron.ts';

/** A 29 February comes again after eight years at the latest. */
const DAYS_BACK = 8 * 366;

/**
 * The latest instant at or before `now` that a cron line names; null when it names none (30 February).
 * A time that daylight saving skips is the same time by the clock of before, an hour later on the wall.
 */
export function lastCron(cron: Cron, timezone: string, now: Instant): Instant | null {
  const times = readCron(cron);
  if (times === null) return null;
  const { minutes, hours, days, months, weekdays, isEitherDay } = times;
  const hoursDown = [...hours].toSorted((a, b) => b - a);
  const minutesDown = [...minutes].toSorted((a, b) => b - a);
  const today = DateTime.fromMillis(now, { zone: timezone });
  for (let back = 0; back <= DAYS_BACK; back++) {
    const { year, month, day, weekday } = today.minus({ days: back });
    const [isDay, isWeekday] = [days.has(day), weekdays.has(weekday % 7)];
    if (!months.has(month) || !(isEitherDay ? isDay || isWeekday : isDay && isWeekday)) continue;
    for (const hour of hoursDown) {
      for (const minute of minutesDown) {
        const at = DateTime.fromObject({ year, month, day, hour, minute }, { zone: timezone }).toMillis();
        if (at <= now) return at;
      }
    }
  }
  return null;
}
