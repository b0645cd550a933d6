import { compileCalendar } from '../../../src/rules/calendars/calendar.ts';
import type { Calendar } from '../../../src/rules/calendars/calendar.ts';

/** The calendars of the specification's example that the worked vectors name. */
export const calendars = {
  london: compileCalendar({
    timezone: 'Europe/London',
    open: { 'mon-fri': ['09:00-17:30'] },
    holidays: ['2026-12-25', '2026-12-28', '2027-01-01'],
  }),
  berlin: compileCalendar({
    timezone: 'Europe/Berlin',
    open: { 'mon-thu': ['08:30-17:30'], fri: ['08:30-15:00'] },
    holidays: ['2026-12-25', '2027-01-01'],
  }),
  newYork: compileCalendar({
    timezone: 'America/New_York',
    open: { 'mon-fri': ['08:00-18:00'] },
    holidays: ['2026-11-26', '2026-12-25', '2027-01-01'],
  }),
  singapore: compileCalendar({
    timezone: 'Asia/Singapore',
    open: { 'mon-fri': ['09:00-12:30', '13:30-18:00'] },
    holidays: ['2027-01-01'],
  }),
  always: compileCalendar({ timezone: 'UTC', open: { 'mon-sun': ['00:00-24:00'] }, holidays: [] }),
} satisfies Readonly<Record<string, Calendar>>;
