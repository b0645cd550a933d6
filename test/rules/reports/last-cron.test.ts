import { describe, expect, it } from 'vitest';

import { lastCron } from '../../../src/rules/reports/last-cron.ts';

const at = (text: string): number => Date.parse(text);

describe('the last time that a cron line named', () => {
  it.each([
    {
      name: 'is last night',
      cron: '15 2 * * *',
      zone: 'Europe/London',
      now: '2026-11-24T10:00:00Z',
      last: '2026-11-24T02:15:00Z',
    },
    {
      name: 'is the night before, a minute too early',
      cron: '15 2 * * *',
      zone: 'Europe/London',
      now: '2026-11-24T02:14:59Z',
      last: '2026-11-23T02:15:00Z',
    },
    {
      name: 'is this very minute',
      cron: '15 2 * * *',
      zone: 'Europe/London',
      now: '2026-11-24T02:15:00Z',
      last: '2026-11-24T02:15:00Z',
    },
    {
      name: 'is told in the zone of the org',
      cron: '15 2 * * *',
      zone: 'America/New_York',
      now: '2026-11-24T10:00:00Z',
      last: '2026-11-24T07:15:00Z',
    },
    {
      name: 'is the latest step of the day',
      cron: '*/20 6-8 * * *',
      zone: 'UTC',
      now: '2026-11-24T10:00:00Z',
      last: '2026-11-24T08:40:00Z',
    },
    {
      name: 'is last Monday',
      cron: '0 7 * * mon',
      zone: 'UTC',
      now: '2026-11-24T10:00:00Z',
      last: '2026-11-23T07:00:00Z',
    },
    {
      name: 'is Sunday, written as 7',
      cron: '0 7 * * 7',
      zone: 'UTC',
      now: '2026-11-24T10:00:00Z',
      last: '2026-11-22T07:00:00Z',
    },
    {
      name: 'is the first or a Friday, where both are named',
      cron: '0 7 1 * fri',
      zone: 'UTC',
      now: '2026-11-24T10:00:00Z',
      last: '2026-11-20T07:00:00Z',
    },
    {
      name: 'is a leap day',
      cron: '0 0 29 2 *',
      zone: 'UTC',
      now: '2026-11-24T10:00:00Z',
      last: '2024-02-29T00:00:00Z',
    },
    {
      name: 'moves on with the hour that daylight saving skips',
      cron: '30 2 * * *',
      zone: 'Europe/Berlin',
      now: '2026-03-29T10:00:00Z',
      last: '2026-03-29T01:30:00Z',
    },
  ])('$name', ({ cron, zone, now, last }) => {
    expect(lastCron(cron, zone, at(now))).toBe(at(last));
  });

  it('is none on a day that never comes', () => {
    expect(lastCron('0 0 30 2 *', 'UTC', at('2026-11-24T10:00:00Z'))).toBeNull();
  });
});
