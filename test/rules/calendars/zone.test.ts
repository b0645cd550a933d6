import { expect, test } from 'vitest';

import { readInstant, writeInstant } from '../../../src/domain/instant.ts';
import { localDate, localMidnight } from '../../../src/rules/calendars/zone.ts';

test.each([
  ['before midnight in UTC it is the next day in Tokyo', 'Asia/Tokyo', '2026-11-23T15:30Z', '2026-11-24'],
  ['after midnight in UTC it is the day before in New York', 'America/New_York', '2026-11-23T03:30Z', '2026-11-22'],
  ['summer time counts', 'Europe/London', '2026-06-30T23:30Z', '2026-07-01'],
])('%s', (_why, zone, at, date) => {
  expect(localDate(zone, readInstant(at))).toBe(date);
});

test.each([
  ['in winter', 'Europe/Berlin', '2026-11-23', '2026-11-22T23:00:00.000Z'],
  ['in summer', 'Europe/Berlin', '2026-07-01', '2026-06-30T22:00:00.000Z'],
  ['where the clocks skip midnight', 'Asia/Beirut', '2027-03-28', '2027-03-27T22:00:00.000Z'],
])('a local day starts at its first instant %s', (_when, zone, date, at) => {
  expect(writeInstant(localMidnight(zone, date))).toBe(at);
});
