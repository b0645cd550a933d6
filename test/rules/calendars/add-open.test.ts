import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { readInstant, writeInstant } from '../../../src/domain/instant.ts';
import { addElapsed, addOpen, isOpen, nextOpening } from '../../../src/rules/calendars/add-open.ts';
import { compileCalendar } from '../../../src/rules/calendars/calendar.ts';
import { Duration } from '../../../src/rules/calendars/schema.ts';
import { calendars } from './example-calendars.ts';

describe('a due time on a calendar', () => {
  test.each([
    ['BV1', 'ten minutes of Friday, twenty of Monday', 'london', '2026-11-20T17:20Z', '30m', '2026-11-23T09:20Z'],
    ['BV2', 'a weekend start snaps to Monday', 'london', '2026-11-21T12:00Z', '30m', '2026-11-23T09:30Z'],
    ['BV3', 'holidays and the weekend between are skipped', 'london', '2026-12-24T17:00Z', '60m', '2026-12-29T09:30Z'],
    ['BV5', 'the lunch break does not count', 'singapore', '2026-11-23T04:15Z', '30m', '2026-11-23T05:45Z'],
    ['BV8', 'a due time may be the closing instant', 'london', '2026-11-23T09:00Z', '510m', '2026-11-23T17:30Z'],
    ['BV9', 'a business day keeps the wall time', 'london', '2026-11-20T15:00Z', '1bd', '2026-11-23T15:00Z'],
    ['BV11', 'a business day ends at an earlier close', 'berlin', '2026-11-19T16:00Z', '1bd', '2026-11-20T14:00Z'],
    ['SV1', 'reassignment 90 minutes after Friday evening', 'london', '2026-11-20T17:20Z', '90m', '2026-11-23T10:20Z'],
    ['SV8', 'ten business days', 'london', '2026-11-20T17:20Z', '10bd', '2026-12-04T17:20Z'],
    ['F22', 'd is 24 hours, open or not', 'london', '2026-11-20T17:20Z', '2d', '2026-11-22T17:20Z'],
    ['F22', 'hours are open hours', 'london', '2026-11-20T16:30Z', '4h', '2026-11-23T12:00Z'],
    ['F22', 'seconds are open seconds', 'london', '2026-11-20T17:29:50Z', '30s', '2026-11-23T09:00:20Z'],
    ['F22', 'nothing to add still snaps to open time', 'london', '2026-11-21T12:00Z', '0m', '2026-11-23T09:00Z'],
    ['F23', 'no business day snaps to open time', 'london', '2026-11-21T12:00Z', '0bd', '2026-11-23T09:00Z'],
    [
      'F23',
      'a business day from the weekend starts on Monday',
      'london',
      '2026-11-21T12:00Z',
      '1bd',
      '2026-11-24T09:00Z',
    ],
    ['F23', 'business days pass over holidays', 'london', '2026-12-24T10:00Z', '1bd', '2026-12-29T10:00Z'],
    [
      'F23',
      'the wall time stays over a change of the clocks',
      'london',
      '2027-03-26T15:00Z',
      '1bd',
      '2027-03-29T14:00Z',
    ],
    [
      'F21',
      'minutes on a day after the clocks went forward',
      'london',
      '2027-03-26T17:20Z',
      '30m',
      '2027-03-29T08:20Z',
    ],
    ['F21', 'Thanksgiving is a holiday in New York only', 'newYork', '2026-11-25T20:00Z', '4h', '2026-11-27T14:00Z'],
    [
      'F21',
      'a calendar that never closes counts every minute',
      'always',
      '2026-11-21T12:34Z',
      '90m',
      '2026-11-21T14:04Z',
    ],
  ] as const)('%s %s', (_id, _why, calendar, start, add, due) => {
    const at = addOpen(calendars[calendar], readInstant(start), Duration.parse(add));

    expect(writeInstant(at)).toBe(writeInstant(readInstant(due)));
  });

  test('F23 a wall time in the lunch break of the day reached becomes the afternoon opening', () => {
    const calendar = compileCalendar({
      timezone: 'Asia/Singapore',
      open: { mon: ['09:00-18:00'], tue: ['09:00-12:30', '13:30-18:00'], wed: ['10:00-18:00'] },
      holidays: [],
    });

    const inTheBreak = addOpen(calendar, readInstant('2026-11-23T05:00Z'), { amount: 1, unit: 'bd' });
    const atItsStart = addOpen(calendar, readInstant('2026-11-23T04:30Z'), { amount: 1, unit: 'bd' });
    const beforeOpening = addOpen(calendar, readInstant('2026-11-24T01:30Z'), { amount: 1, unit: 'bd' });

    expect([inTheBreak, atItsStart, beforeOpening].map(writeInstant)).toEqual([
      '2026-11-24T05:30:00.000Z',
      '2026-11-24T05:30:00.000Z',
      '2026-11-25T02:00:00.000Z',
    ]);
  });

  test('a calendar that never opens often enough is an error of the configuration, not an endless loop', () => {
    const calendar = { timezone: 'UTC', windows: [], holidays: new Set<string>() };

    expect(() => addOpen(calendar, 0, { amount: 1, unit: 'bd' })).toThrow(/does not open/);
    expect(() => nextOpening(calendar, 0)).toThrow(/does not open/);
  });
});

describe('RE18 the window 01:30-02:30 on the Sundays when the clocks change', () => {
  const night = compileCalendar({ timezone: 'Europe/London', open: { sun: ['01:30-02:30'] }, holidays: [] });

  test('a missing hour shortens it', () => {
    expect(writeInstant(nextOpening(night, readInstant('2027-03-28T00:00Z')))).toBe('2027-03-28T01:00:00.000Z');
    expect(writeInstant(addOpen(night, readInstant('2027-03-28T00:00Z'), { amount: 30, unit: 'm' }))).toBe(
      '2027-03-28T01:30:00.000Z',
    );
    expect(isOpen(night, readInstant('2027-03-28T01:30Z'))).toBe(false);
  });

  test('a repeated hour counts both times', () => {
    const day = readInstant('2026-10-25T00:00Z');

    expect(writeInstant(addOpen(night, day, { amount: 30, unit: 'm' }))).toBe('2026-10-25T01:00:00.000Z');
    expect(writeInstant(addOpen(night, day, { amount: 90, unit: 'm' }))).toBe('2026-10-25T02:30:00.000Z');
    // 01:15 by the wall, the second time: before the window once more.
    expect(isOpen(night, readInstant('2026-10-25T01:15Z'))).toBe(false);
  });

  test('a business day that lands in the missing hour is due when the clocks have changed', () => {
    expect(writeInstant(addOpen(night, readInstant('2027-03-21T01:45Z'), { amount: 1, unit: 'bd' }))).toBe(
      '2027-03-28T01:00:00.000Z',
    );
  });
});

describe('open time', () => {
  test.each([
    ['the opening instant is open', '2026-11-23T09:00Z', true],
    ['the closing instant is not', '2026-11-23T17:30Z', false],
    ['a weekend is not', '2026-11-21T12:00Z', false],
    ['a holiday is not', '2026-12-25T12:00Z', false],
    ['an ordinary Monday noon is', '2026-11-23T12:00Z', true],
  ])('%s', (_why, at, expected) => {
    expect(isOpen(calendars.london, readInstant(at))).toBe(expected);
  });

  test('WV1 a lead that arrives in the evening waits until nine', () => {
    expect(writeInstant(nextOpening(calendars.london, readInstant('2026-11-23T18:00Z')))).toBe(
      '2026-11-24T09:00:00.000Z',
    );
  });

  test('adjacent windows are one', () => {
    const calendar = compileCalendar({
      timezone: 'UTC',
      open: { mon: ['09:00-12:00', '12:00-17:00'] },
      holidays: [],
    });

    expect(isOpen(calendar, readInstant('2026-11-23T12:00Z'))).toBe(true);
    expect(writeInstant(addOpen(calendar, readInstant('2026-11-23T11:00Z'), { amount: 2, unit: 'h' }))).toBe(
      '2026-11-23T13:00:00.000Z',
    );
  });
});

test('F22 without a clock hours are elapsed, and business days run from Monday to Friday', () => {
  const friday = readInstant('2026-11-20T17:20Z');

  expect(writeInstant(addElapsed(friday, { amount: 4, unit: 'h' }))).toBe('2026-11-20T21:20:00.000Z');
  expect(writeInstant(addElapsed(friday, { amount: 2, unit: 'bd' }))).toBe('2026-11-24T17:20:00.000Z');
});

describe('laws of open time', () => {
  const anyCalendar = fc.constantFrom(...Object.values(calendars));
  const anyInstant = fc.integer({ min: readInstant('2026-03-01T00:00Z'), max: readInstant('2027-11-30T00:00Z') });
  const anyDuration = fc.record({
    amount: fc.integer({ min: 0, max: 600 }),
    unit: fc.constantFrom('s' as const, 'm' as const, 'h' as const),
  });

  test('a due time is in open time or a closing instant', () => {
    fc.assert(
      fc.property(
        anyCalendar,
        anyInstant,
        fc.oneof(anyDuration, fc.record({ amount: fc.integer({ min: 0, max: 30 }), unit: fc.constant('bd' as const) })),
        (calendar, start, duration) => {
          const due = addOpen(calendar, start, duration);
          expect(isOpen(calendar, due) || isOpen(calendar, due - 1)).toBe(true);
        },
      ),
    );
  });

  test('who starts later is due no earlier', () => {
    fc.assert(
      fc.property(anyCalendar, anyInstant, fc.nat(10 * 86_400_000), anyDuration, (calendar, start, delay, duration) => {
        expect(addOpen(calendar, start + delay, duration)).toBeGreaterThanOrEqual(addOpen(calendar, start, duration));
      }),
    );
  });

  test('a duration added in two parts ends where it ends in one', () => {
    fc.assert(
      fc.property(
        anyCalendar,
        anyInstant,
        fc.integer({ min: 1, max: 900 }),
        fc.nat(899),
        (calendar, start, total, cut) => {
          const first = cut % total;
          const half = addOpen(calendar, start, { amount: first, unit: 'm' });
          expect(addOpen(calendar, half, { amount: total - first, unit: 'm' })).toBe(
            addOpen(calendar, start, { amount: total, unit: 'm' }),
          );
        },
      ),
    );
  });

  test('the next opening is open, and it is the instant itself when that is open', () => {
    fc.assert(
      fc.property(anyCalendar, anyInstant, (calendar, at) => {
        const opening = nextOpening(calendar, at);
        expect(isOpen(calendar, opening)).toBe(true);
        expect(opening === at).toBe(isOpen(calendar, at));
      }),
    );
  });
});
