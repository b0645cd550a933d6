import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { nextDeletionWindow } from '../../src/poll/deletions.ts';
import { nextWindow, windowQuery } from '../../src/poll/keyset.ts';
import { quoteSoql, soqlInstant } from '../../src/poll/soql.ts';

const at = (text: string): number => Date.parse(text);
const MINUTE = 60_000;

describe('the window of a poll (F24, F25)', () => {
  const settings = { startAt: at('2026-10-01T00:00:00Z'), overlap: 15 * MINUTE, safetyLag: 5_000 };

  it('starts at start_at on the first run and stays the safety lag behind the org', () => {
    expect(nextWindow({ ...settings, watermark: null }, at('2026-11-24T10:00:07.900Z'))).toEqual({
      from: at('2026-10-01T00:00:00Z'),
      until: at('2026-11-24T10:00:02Z'),
    });
  });

  it('reads the overlap again behind the watermark', () => {
    const watermark = at('2026-11-24T10:00:00Z');

    expect(nextWindow({ ...settings, watermark }, at('2026-11-24T10:00:30Z'))?.from).toBe(at('2026-11-24T09:45:00Z'));
  });

  it('never reads behind start_at', () => {
    const watermark = at('2026-10-01T00:05:00Z');

    expect(nextWindow({ ...settings, watermark }, at('2026-10-01T00:10:00Z'))?.from).toBe(settings.startAt);
  });

  it.each([
    ['the org has not moved on since the watermark', '2026-11-24T10:00:05.999Z'],
    ['the clock of the org went back', '2026-11-24T09:30:00Z'],
  ])('is nothing when %s', (_, now) => {
    expect(nextWindow({ ...settings, watermark: at('2026-11-24T10:00:01Z') }, at(now))).toBeNull();
  });

  it('leaves no gap between one window and the next, whatever the times', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 7_200_000 }), { minLength: 2, maxLength: 20 }), (pauses) => {
        let watermark: number | null = null;
        let now = at('2026-11-24T10:00:00Z');
        for (const pause of pauses) {
          now += pause;
          const window = nextWindow({ ...settings, watermark }, now);
          if (window === null) continue;
          expect(window.from).toBeLessThanOrEqual(watermark ?? settings.startAt);
          expect(window.until).toBeLessThanOrEqual(now - settings.safetyLag);
          watermark = window.until;
        }
      }),
    );
  });
});

describe('the query of a window', () => {
  const window = { from: at('2026-11-24T10:00:00Z'), until: at('2026-11-24T10:01:00Z') };

  it('asks in keyset order', () => {
    expect(windowQuery('Lead', ['IsDeleted'], window, null)).toBe(
      'SELECT Id, SystemModstamp, IsDeleted FROM Lead WHERE SystemModstamp >= 2026-11-24T10:00:00Z ' +
        'AND SystemModstamp < 2026-11-24T10:01:00Z ORDER BY SystemModstamp ASC, Id ASC',
    );
  });

  it('goes on behind the last row, by id within one second', () => {
    const after = { stamp: at('2026-11-24T10:00:30Z'), id: '00Q000000000001AAA' };

    expect(windowQuery('Lead', [], window, after)).toContain(
      "(SystemModstamp > 2026-11-24T10:00:30Z OR (SystemModstamp = 2026-11-24T10:00:30Z AND Id > '00Q000000000001AAA'))",
    );
  });
});

describe('the window of deletions (F26)', () => {
  const now = at('2026-11-24T10:07:30Z');

  it('reads two minutes back from what was covered, on whole minutes', () => {
    expect(nextDeletionWindow(at('2026-11-24T10:06:00Z'), now)).toEqual({
      from: at('2026-11-24T10:04:00Z'),
      until: at('2026-11-24T10:07:00Z'),
      hasGap: false,
    });
  });

  it('asks at most once a minute', () => {
    expect(nextDeletionWindow(at('2026-11-24T10:07:00Z'), now)).toBeNull();
  });

  it('stays inside the 15 days that the org keeps, and says what was missed', () => {
    const window = nextDeletionWindow(at('2026-11-01T00:00:00Z'), now);

    expect(window?.hasGap).toBe(true);
    expect(now - window!.from).toBeLessThan(15 * 24 * 60 * MINUTE);
  });

  it('always spans more than a minute', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 * 24 * 3600 }), (age) => {
        const window = nextDeletionWindow(now - age * 1000, now);
        expect(window === null || window.until - window.from > MINUTE).toBe(true);
      }),
    );
  });
});

describe('SOQL literals', () => {
  it.each([
    ['a quote', "O'Hara", "'O\\'Hara'"],
    ['a backslash at the end (FM 58)', 'a\\', "'a\\\\'"],
    ['an attempt to end the literal (FM 58)', "\\' OR Name != '", "'\\\\\\' OR Name != \\''"],
  ])('escape %s', (_, text, literal) => {
    expect(quoteSoql(text)).toBe(literal);
  });

  it('write instants unquoted in UTC', () => {
    expect(soqlInstant(at('2026-11-24T11:00:00.900+01:00'))).toBe('2026-11-24T10:00:00Z');
  });
});
