import { DateTime } from 'luxon';

export type DateFunction = {
  readonly kind: 'number' | 'date';
  /** Of a stored date or date/time; in UTC, as SOQL does without `convertTimezone`. */
  read(stored: string): number | string;
};

/** By upper-case name. Fiscal years begin in January, weeks of a month or year on its first day (Salesforce's defaults). */
export const DATE_FUNCTIONS: Readonly<Record<string, DateFunction>> = {
  CALENDAR_YEAR: numeric((date) => date.year),
  CALENDAR_QUARTER: numeric((date) => date.quarter),
  CALENDAR_MONTH: numeric((date) => date.month),
  FISCAL_YEAR: numeric((date) => date.year),
  FISCAL_QUARTER: numeric((date) => date.quarter),
  FISCAL_MONTH: numeric((date) => date.month),
  DAY_IN_MONTH: numeric((date) => date.day),
  DAY_IN_WEEK: numeric((date) => (date.weekday % 7) + 1),
  DAY_IN_YEAR: numeric((date) => date.ordinal),
  HOUR_IN_DAY: numeric((date) => date.hour),
  WEEK_IN_MONTH: numeric((date) => Math.ceil(date.day / 7)),
  WEEK_IN_YEAR: numeric((date) => Math.ceil(date.ordinal / 7)),
  DAY_ONLY: { kind: 'date', read: (stored) => stored.slice(0, 10) },
};

function numeric(part: (date: DateTime) => number): DateFunction {
  return { kind: 'number', read: (stored) => part(DateTime.fromISO(stored.replace('+0000', 'Z'), { zone: 'utc' })) };
}
