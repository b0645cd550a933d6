import type { Instant } from '../../domain/instant.ts';
import type { FieldValue } from '../../domain/record.ts';
import { localMidnight } from '../calendars/zone.ts';
import { readMoment } from '../conditions/moment.ts';
import type { OpportunityView } from './opportunity-view.ts';

/** When the opportunity came into its stage (C12); null when nothing tells, as for one that is not saved yet. */
export function readStageEntry(view: OpportunityView): Instant | null {
  return readAt(view.fields['LastStageChangeDate']) ?? view.stageHistoryAt ?? readAt(view.fields['CreatedDate']);
}

/** A date/time field as an instant; null when it is blank or was not read. */
export function readAt(value: FieldValue | undefined): Instant | null {
  return typeof value === 'string' ? (readMoment(value)?.at ?? null) : null;
}

/** A date field, `2026-11-23`; null when it is blank, was not read, or holds something else. */
export function readDate(value: FieldValue | undefined): string | null {
  return typeof value === 'string' && readMoment(value)?.isDay === true ? value : null;
}

/** The local midnight that begins the day so many days after a date, before it when negative. */
export function midnightAfter(timeZone: string, date: string, days: number): Instant {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return localMidnight(timeZone, day.toISOString().slice(0, 10));
}
