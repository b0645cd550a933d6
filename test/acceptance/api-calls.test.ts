import { describe, expect, it } from 'vitest';

import { findViolations } from '../faults/checker.ts';
import { startCompany } from '../support/company-world.ts';
import { WHOLE_COMMITTEE } from '../support/company.ts';
import { createHurriedClock } from '../support/hurried-clock.ts';

/** Calls that ask for what is new, whatever is new: they are the polls', and do not grow with the changes. */
function isPoll(path: string): boolean {
  return /ORDER BY SystemModstamp/.test(path) || /\/deleted\//.test(path);
}

describe('the API calls of a day', () => {
  it.each([{ changes: 400 }, { changes: 2_000 }])(
    'are at most 60 and three for every 200 changed records, besides the polls: $changes deals and leads (I20)',
    async ({ changes }) => {
      await using started = await startCompany();
      const { world, sandbox, company, org } = started;
      const queue = company.queueId('Inbound_Leads');
      for (let made = 0; made < changes / 2; made++) {
        const isWhole = made % 3 > 0;
        company.opportunity('Negotiation/Review', isWhole ? WHOLE_COMMITTEE : [], { Name: `Deal ${made}` });
        company.lead({ LastName: `Lead${made}`, Country: ['Norway', 'UK', 'France', 'Germany'][made % 4]! });
      }

      await world.once();

      const { entries } = sandbox.log;
      const counted = entries.filter(({ kind, path }) => kind !== 'token' && kind !== 'versions' && !isPoll(path));
      expect(counted.length).toBeLessThanOrEqual(60 + 3 * Math.ceil(changes / 200));
      expect(org.all('Lead', ({ OwnerId }) => OwnerId === queue)).toEqual([]);
      expect(org.all('Opportunity', (deal) => deal['Contact_Role_Status__c'] == null)).toEqual([]);
      expect(findViolations(sandbox)).toEqual([]);
    },
    120_000,
  );

  it('are the polls alone when nothing changes, for ten polls: our own writes are no change (I11, FM 16)', async () => {
    await using started = await startCompany();
    const { world, sandbox, company } = started;
    const lead = company.lead();
    company.opportunity('Qualification', []);
    const daemon = world.start({ clock: createHurriedClock(10, sandbox.clock) });
    await daemon.until(() => company.tasks(lead).length === 1);
    // Our own writes come back once.
    await daemon.next('poll.completed', ({ object, rows }) => object === 'Lead' && rows === 1);
    await daemon.next('idle');
    sandbox.log.clear();

    for (let polls = 0; polls < 10; polls++) {
      await sandbox.log.next(({ path }) => path.includes('FROM OpportunityContactRole'));
    }
    await daemon.stop();

    expect(sandbox.log.entries.filter(({ path }) => !isPoll(path))).toEqual([]);
  });
});
