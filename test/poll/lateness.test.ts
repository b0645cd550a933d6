import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { nextWindow } from '../../src/poll/keyset.ts';
import { pickReach, type WidePass } from '../../src/poll/reach.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const START = Date.parse('2026-11-24T10:00:00Z');
const SETTINGS = { startAt: START - MINUTE, overlap: 15 * MINUTE, safetyLag: 5 * SECOND };
const HOUR = 60 * MINUTE;

type Row = { readonly stamp: number; readonly visibleAt: number };

/** Polls for an hour and a half as the poller does, and notes when each row was handed on. */
function handOns(rows: readonly Row[], every: number, pages: number): ReadonlyMap<Row, readonly number[]> {
  const handed = new Map<Row, number[]>(rows.map((row) => [row, []]));
  let watermark: number | null = null;
  let wide: WidePass | null = null;
  for (let now = START; now < START + 1.5 * HOUR; now += every) {
    const { overlap, isWide } = pickReach(SETTINGS.overlap, wide, watermark, now);
    const window = nextWindow({ ...SETTINGS, watermark, overlap }, now);
    if (window === null) continue;
    for (const [row, times] of handed) {
      const isRead = row.visibleAt <= now && row.stamp >= window.from && row.stamp < window.until;
      if (isRead && times.length === 0) times.push(now);
    }
    watermark = window.until;
    if (isWide) wide = { until: window.until, pages };
  }
  return handed;
}

const someRows = fc.array(
  fc
    .record({ second: fc.integer({ min: 0, max: 3_600 }), late: fc.integer({ min: 0, max: 15 * 60 }) })
    .map(({ second, late }): Row => {
      const stamp = START + second * SECOND;
      return { stamp, visibleAt: stamp + late * SECOND };
    }),
  { minLength: 1, maxLength: 40 },
);

describe('a row that becomes visible at most the overlap late (F25)', () => {
  it('is read within five minutes of that, however often the org is polled and however much there is to read', () => {
    fc.assert(
      fc.property(someRows, fc.integer({ min: 1, max: 180 }), fc.integer({ min: 1, max: 40 }), (rows, every, pages) => {
        for (const [row, [first = Number.POSITIVE_INFINITY]] of handOns(rows, every * SECOND, pages)) {
          expect(first - row.visibleAt).toBeLessThanOrEqual(5 * MINUTE);
        }
      }),
    );
  });

  it('is read by the next poll when it is seconds late, also behind a mass update (XE1)', () => {
    const row = { stamp: START + 20 * MINUTE, visibleAt: START + 20 * MINUTE + 13 * SECOND };

    const [[, [first]]] = [...handOns([row], 30 * SECOND, 40)] as [[Row, number[]]];

    expect(first! - row.visibleAt).toBeLessThanOrEqual(30 * SECOND);
  });
});

describe('how far back a pass reads', () => {
  const overlap = 15 * MINUTE;

  it.each([
    { name: 'the overlap, when this process has not read it yet', last: null, reach: 15 },
    { name: 'the overlap, as long as it fits one page', last: { until: START, pages: 1 }, reach: 15 },
    { name: 'a minute, when the overlap takes forty pages', last: { until: START - MINUTE, pages: 40 }, reach: 1 },
    { name: 'the overlap behind the last wide pass', last: { until: START - 2 * MINUTE, pages: 40 }, reach: 17 },
    { name: 'the overlap, when the watermark was lost', last: { until: START + MINUTE, pages: 40 }, reach: 15 },
  ])('is $name', ({ last, reach }) => {
    expect(pickReach(overlap, last, START, START + 5 * SECOND).overlap).toBe(reach * MINUTE);
  });
});
