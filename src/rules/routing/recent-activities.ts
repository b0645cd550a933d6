import type { Instant } from '../../domain/instant.ts';
import type { Calendar } from '../calendars/calendar.ts';
import { localDate } from '../calendars/zone.ts';

/** Something that happened with a lead: a call, a mail, a meeting, an answer to a campaign. */
export type Activity = {
  readonly at: Instant;
  /** `Call`, `Email`, `Meeting`, `Response`, … */
  readonly kind: string;
  /** Its subject, or the campaign's name. */
  readonly what: string;
};

/** So many does `{activity.last_5}` show. */
const SHOWN = 5;

/** The latest five, newest first, a line each: `2026-11-20 Call: Asked for a quote`. `none` when there are none (R21). */
export function renderActivities(activities: readonly Activity[], calendar: Calendar | null): string {
  if (activities.length === 0) return 'none';
  return activities
    .toSorted((left, right) => right.at - left.at)
    .slice(0, SHOWN)
    .map(
      ({ at, kind, what }) =>
        `${localDate(calendar?.timezone ?? 'UTC', at)} ${kind}: ${what.replace(/\s+/g, ' ').trim()}`,
    )
    .join('\n');
}
