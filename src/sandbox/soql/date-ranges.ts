import { DateTime, type DurationLike } from 'luxon';
import { malformed } from './query-errors.ts';

/** A span of time, from its first instant up to the first one after it. */
export type Span = { readonly from: DateTime; readonly until: DateTime };

/**
 * The span of a date literal like `LAST_N_DAYS:30`, in the zone of the user who asks.
 * Weeks begin on Sunday, fiscal years with the calendar year (Salesforce's defaults).
 * @throws MALFORMED_QUERY for an unknown literal
 */
export function readDateLiteral(text: string, now: number, zone: string): Span {
  const [name = '', count] = text.split(':');
  const today = DateTime.fromMillis(now, { zone }).startOf('day');
  const literal = name.replace('_FISCAL_', '_');
  const span = count === undefined ? namedSpan(literal, today) : countedSpan(literal, Number(count), today);
  if (span === null || !span.until.isValid) throw malformed(`unexpected token: '${text}'`);
  return span;
}

function namedSpan(literal: string, today: DateTime): Span | null {
  switch (literal) {
    case 'YESTERDAY':
      return units(today, 'day', -1, 1);
    case 'TODAY':
      return units(today, 'day', 0, 1);
    case 'TOMORROW':
      return units(today, 'day', 1, 1);
    case 'LAST_90_DAYS':
      return { from: today.minus({ days: 90 }), until: today.plus({ days: 1 }) };
    case 'NEXT_90_DAYS':
      return units(today, 'day', 1, 90);
    default: {
      const match = /^(?<which>LAST|THIS|NEXT)_(?<unit>WEEK|MONTH|QUARTER|YEAR)$/.exec(literal);
      if (match === null) return null;
      const offset = { LAST: -1, THIS: 0, NEXT: 1 }[match.groups!['which'] as 'LAST' | 'THIS' | 'NEXT'];
      return units(today, unitOf(match.groups!['unit']!), offset, 1);
    }
  }
}

function countedSpan(literal: string, count: number, today: DateTime): Span | null {
  if (literal === 'LAST_N_DAYS') return { from: today.minus({ days: count }), until: today.plus({ days: 1 }) };
  const ago = /^N_(?<unit>DAY|WEEK|MONTH|QUARTER|YEAR)S_AGO$/.exec(literal);
  if (ago !== null) return units(today, unitOf(ago.groups!['unit']!), -count, 1);
  const match = /^(?<which>LAST|NEXT)_N_(?<unit>DAY|WEEK|MONTH|QUARTER|YEAR)S$/.exec(literal);
  if (match === null) return null;
  return units(today, unitOf(match.groups!['unit']!), match.groups!['which'] === 'LAST' ? -count : 1, count);
}

type Unit = 'day' | 'week' | 'month' | 'quarter' | 'year';

function unitOf(name: string): Unit {
  return name.toLowerCase() as Unit;
}

function units(today: DateTime, unit: Unit, offset: number, count: number): Span {
  const from = startOf(today, unit).plus(lengthOf(unit, offset));
  return { from, until: from.plus(lengthOf(unit, count)) };
}

function startOf(today: DateTime, unit: Unit): DateTime {
  return unit === 'week' ? today.minus({ days: today.weekday % 7 }) : today.startOf(unit);
}

function lengthOf(unit: Unit, count: number): DurationLike {
  return { [`${unit}s`]: count };
}
