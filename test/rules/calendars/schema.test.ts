import { describe, expect, test } from 'vitest';

import { CalendarSource, Duration } from '../../../src/rules/calendars/schema.ts';

describe('a duration', () => {
  test.each([
    ['30s', { amount: 30, unit: 's' }],
    ['30m', { amount: 30, unit: 'm' }],
    ['4h', { amount: 4, unit: 'h' }],
    ['15d', { amount: 15, unit: 'd' }],
    ['2bd', { amount: 2, unit: 'bd' }],
  ])('%s is read', (text, expected) => {
    expect(Duration.parse(text)).toEqual(expected);
  });

  test.each(['', '30', 30, '3x', '1.5h', '-1d', '2 weeks', '4 h', 'bd'])('%j is E_DURATION', (text) => {
    const issue = Duration.safeParse(text).error?.issues[0];

    expect(issue).toMatchObject({ code: 'custom', params: { code: 'E_DURATION' } });
    expect(issue?.message).toContain(`"${text}"`);
  });
});

describe('a calendar', () => {
  const good = { timezone: 'Europe/London', open: { 'mon-fri': ['09:00-17:30'] } };

  test.each([
    ['a range over the weekend', { ...good, open: { 'sat-mon': ['09:00-12:00'] } }],
    ['a list of days', { ...good, open: { 'mon,wed, fri': ['09:00-12:00'] } }],
    ['two windows of a day', { ...good, open: { mon: ['09:00-12:30', '13:30-18:00'] } }],
    ['the whole day', { ...good, open: { 'mon-sun': ['00:00-24:00'] } }],
    ['holidays', { ...good, holidays: ['2026-12-25'] }],
  ])('may have %s', (_what, source) => {
    expect(CalendarSource.safeParse(source).error).toBeUndefined();
  });

  test.each([
    ['an unknown time zone', { ...good, timezone: 'Europe/Atlantis' }, 'timezone', 'Europe/Atlantis'],
    ['an unknown day', { ...good, open: { 'mon-fry': ['09:00-17:30'] } }, 'open.mon-fry', 'mon-fry'],
    ['a window that ends before it starts', { ...good, open: { mon: ['22:00-06:00'] } }, 'open.mon.0', '22:00-06:00'],
    ['a window past midnight', { ...good, open: { mon: ['09:00-24:30'] } }, 'open.mon.0', '09:00-24:30'],
    ['overlapping windows', { ...good, open: { mon: ['09:00-12:00', '11:00-13:00'] } }, 'open.mon.1', 'overlaps'],
    [
      'days named twice that overlap',
      { ...good, open: { 'mon-tue': ['09:00-12:00'], tue: ['11:00-13:00'] } },
      'open.tue.0',
      'overlaps',
    ],
    ['a holiday that is no date', { ...good, holidays: ['2026-02-30'] }, 'holidays.0', '2026-02-30'],
    ['no open time at all', { ...good, open: {} }, 'open', 'open at some time'],
  ])('may not have %s', (_what, source, path, gist) => {
    const issue = CalendarSource.safeParse(source).error?.issues[0];

    expect(issue?.path.join('.')).toBe(path);
    expect(issue?.message).toContain(gist);
  });
});
