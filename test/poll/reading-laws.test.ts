import { afterEach, describe, expect, it, vi } from 'vitest';

import { findViolations } from '../faults/checker.ts';
import { startCompany, type CompanyWorld } from '../support/company-world.ts';
import { TUESDAY, WITHOUT_BUYER } from '../support/company.ts';
import { boundsIn, uncoveredCommits } from './reading-laws.ts';

const MINUTE = 60;

afterEach(() => void vi.useRealTimers());

/** Half an hour in which rows become visible 5 seconds to 9 minutes late, and the index lags. @returns when each did */
async function liveThroughLateCommits({
  world,
  company,
  org,
  clock,
}: CompanyWorld): Promise<ReadonlyMap<string, number>> {
  const visibleAt = new Map<string, number>();
  const delays = [5, 13, 59, 240, 540];
  for (const delaySeconds of delays) {
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER, { Name: `Late by ${delaySeconds} s` });
    const other = company.opportunity('Qualification', [], { Name: `Lagging ${delaySeconds} s` });
    clock.advance(20);
    await world.once();
    visibleAt.set(deal, clock.now() + delaySeconds * 1_000);
    org.lateCommit({ delaySeconds }, (admin) => admin.update(deal, { StageName: 'Needs Analysis' }));
    visibleAt.set(other, clock.now() + 3_000);
    org.indexLag({ seconds: 3 }, (admin) => admin.update(other, { StageName: 'Prospecting' }));
    clock.advance(10);
    await world.once();
  }
  clock.advance(9 * MINUTE);
  await world.once();
  // What that run has written itself.
  await world.once();
  return visibleAt;
}

describe('the laws of reading', () => {
  it('hold: every page is followed (I17) and every commit is covered (I18), however late and however small the pages', async () => {
    await using started = await startCompany({ pageSize: [1, 4] });
    const { sandbox, company, org } = started;

    const visibleAt = await liveThroughLateCommits(started);

    expect(uncoveredCommits(sandbox, visibleAt)).toEqual([]);
    expect(findViolations(sandbox)).toEqual([]);
    const late = org.all('Opportunity', ({ Name }) => String(Name).startsWith('Late'));
    expect(late.map(({ Id }) => company.flags(String(Id)).status)).toEqual(late.map(() => 'compliant'));
  });

  it('notice a commit that nobody asked for (I18)', async () => {
    await using started = await startCompany();
    const deal = started.company.opportunity('Prospecting', []);
    await started.world.once();
    await started.world.once();
    const asLate = new Map([[deal, started.clock.now() + 60_000]]);

    expect(uncoveredCommits(started.sandbox)).toEqual([]);
    expect(uncoveredCommits(started.sandbox, asLate)).toEqual([expect.stringContaining(deal)]);
  });

  it('hold: bounds derive from the org’s time, whatever the machine’s clock says (I19, XE27, FM 6)', async () => {
    const runs: { readonly from: number; readonly lag: number }[] = [];
    for (const ahead of [-10, -4, 0, 4, 10]) {
      vi.useFakeTimers({ toFake: ['Date'], now: TUESDAY + ahead * MINUTE * 1_000, shouldAdvanceTime: false });
      await using started = await startCompany({ frozenAt: TUESDAY });
      const lead = started.company.lead();
      started.clock.advance(10);
      await started.world.once();
      const { from, until, askedAt } = boundsIn(started.sandbox).find(({ object }) => object === 'Lead')!;
      runs.push({ from, lag: askedAt - until });
      expect(started.company.ownerOf(lead)).toBe('ron');
      vi.useRealTimers();
    }

    expect(new Set(runs.map(({ from }) => from)).size).toBe(1);
    // A start may take a second or two of the org's time, and its clock is told in whole seconds.
    const lags = runs.map(({ lag }) => lag);
    expect(Math.min(...lags)).toBeGreaterThanOrEqual(-1_000);
    expect(Math.max(...lags) - Math.min(...lags)).toBeLessThanOrEqual(2_000);
  });
});
