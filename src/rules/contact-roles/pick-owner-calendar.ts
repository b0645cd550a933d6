import type { Calendar } from '../calendars/calendar.ts';
import { fold } from '../text/fold.ts';

/** Where an owner's calendar may come from (C13). */
export type CalendarSources = {
  /** In file order. */
  readonly pools: readonly { readonly calendar: string | null; readonly members: readonly string[] }[];
  /** By name, in file order. */
  readonly calendars: ReadonlyMap<string, Calendar>;
  /** `org.default_calendar` */
  readonly defaultCalendar: string;
};

/**
 * The name of the calendar that grace runs on (C13): that of the first pool with the owner in it, else one with the
 * owner's time zone, else the default; or the one that `grace.calendar` names for everybody.
 * @param named  `grace.calendar`, where `owner` names none
 */
export function pickOwnerCalendar(
  named: string,
  owner: { readonly username: string; readonly timeZone: string | null },
  { pools, calendars, defaultCalendar }: CalendarSources,
): string {
  if (named !== 'owner') return named;
  const pool = pools.find(
    ({ calendar, members }) => calendar !== null && members.some((member) => fold(member) === fold(owner.username)),
  );
  const atHome = Array.from(calendars).find(([, calendar]) => calendar.timezone === owner.timeZone);
  return pool?.calendar ?? atHome?.[0] ?? defaultCalendar;
}
