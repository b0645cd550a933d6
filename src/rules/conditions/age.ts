import type { Instant } from '../../domain/instant.ts';
import { addOpen } from '../calendars/add-open.ts';
import type { Calendar } from '../calendars/calendar.ts';
import { elapsedMs } from '../calendars/duration.ts';
import type { Duration } from '../calendars/duration.ts';
import { readMoment, startOfDay } from './moment.ts';
import type { Present } from './operator.ts';

/**
 * How the age of a value compares with a duration: negative when younger, positive when older, NaN when the value is
 * no date. The age of a date is counted in whole days, as `TODAY() - LastActivityDate` is in Salesforce.
 * A number is an instant.
 */
export function compareAge(value: Present, age: Duration, calendar: Calendar, now: Instant): number {
  const moment = typeof value === 'string' ? readMoment(value.trim()) : null;
  const since = typeof value === 'number' ? value : (moment?.at ?? Number.NaN);
  if (Number.isNaN(since)) return Number.NaN;
  const until = moment?.isDay === true ? startOfDay(now) : now;
  if (age.unit === 'bd') return until - addOpen(calendar, since, age);
  return until - since - elapsedMs(age.amount, age.unit);
}
