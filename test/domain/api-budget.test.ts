import { describe, expect, it } from 'vitest';

import { ceilingOf, heldLanes, isOrgLow, stretchOf } from '../../src/domain/api-budget.ts';

const BUDGET = { dailyCalls: 1_000, keepFree: 0.2 };

describe('which lanes may call (F43)', () => {
  it.each([
    ['all, with calls to spare', 899, false, []],
    [
      'routing alone, in the tenth that it keeps',
      900,
      false,
      ['sla', 'contact_roles', 'recycling', 'reports', 'backfill'],
    ],
    ['none, at the ceiling', 1_000, false, ['routing', 'sla', 'contact_roles', 'recycling', 'reports', 'backfill']],
    ['the first two, when the org has little left', 10, true, ['contact_roles', 'recycling', 'reports', 'backfill']],
  ])('%s', (_, spent, isLow, held) => {
    expect(heldLanes(spent, isLow, BUDGET)).toEqual(held);
  });

  it('is bounded by nothing of our own without daily_calls', () => {
    expect(ceilingOf('backfill', { dailyCalls: null, keepFree: 0.2 })).toBeNull();
  });

  it.each([
    ['less than keep_free is low', 8_001, false, true],
    ['keep_free itself is not', 8_000, false, false],
    ['a figure of another server, a little lower, does not end it', 7_995, true, true],
    ['calls that came free do', 7_900, true, false],
  ])('%s', (_, used, wasLow, isLow) => {
    expect(isOrgLow({ used, limit: 10_000 }, BUDGET, wasLow)).toBe(isLow);
  });
});

describe('polls when calls run short (D10)', () => {
  it.each([
    ['keep their pace below 80 % of our own calls', 799, 0, 1],
    ['take twice as long at 80 %', 800, 0, 2],
    ['take four times as long at 90 %', 900, 0, 4],
    ['take eight times as long at the end, and no longer', 1_100, 0, 8],
    ['heed what the org has used of what may be used', 0, 6_400, 2],
  ])('%s', (_, own, used, stretch) => {
    const byLane = new Map([['routing', own]] as const);

    expect(stretchOf({ byLane, budget: BUDGET, org: { used, limit: 10_000 } })).toBeCloseTo(stretch, 9);
  });
});
