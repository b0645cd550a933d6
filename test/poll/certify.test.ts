import { describe, expect, it } from 'vitest';

import { startCompany } from '../support/company-world.ts';
import { WITHOUT_BUYER } from '../support/company.ts';

const MINUTE = 60;
const SLOW = 25 * MINUTE;

function isUpdated({ path }: { readonly path: string }): boolean {
  return path.includes('/updated/');
}

describe.concurrent('the certified floor (D2)', () => {
  it('finds what a transaction of 25 minutes commits, later than any overlap, once (F25)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    await world.once();
    org.lateCommit({ delaySeconds: SLOW }, (admin) => admin.update(deal, { StageName: 'Needs Analysis' }));
    for (const minutes of [12, 11]) {
      clock.advance(minutes * MINUTE);
      await world.once();
      expect(company.flags(deal).status).toBe('violation');
    }
    clock.advance(3 * MINUTE);

    const events = await world.once();

    expect(company.flags(deal).status).toBe('compliant');
    expect(events.filter(({ event, record_id }) => event === 'decision' && record_id === deal)).toHaveLength(2);
    clock.advance(11 * MINUTE);
    // Our own write is read once.
    await world.once();
    const after = await world.once();
    expect(
      after.filter(({ event, object, rows }) => event === 'poll.completed' && object === 'Opportunity' && rows !== 0),
    ).toEqual([]);
  });

  it('asks for half the span as often as there are too many ids, and goes on (EXCEEDED_ID_LIMIT)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock, sandbox } = started;
    await world.once();
    org.setup.mostReplicatedIds = 2;
    const leads = [];
    for (const LastName of ['Ek', 'Berg', 'Dahl', 'Lund', 'Moen']) {
      leads.push(company.lead({ LastName }));
      clock.advance(8 * MINUTE);
    }

    const events = await world.once();

    expect(sandbox.log.entries.filter((request) => isUpdated(request) && request.status === 400)).not.toEqual([]);
    expect(sandbox.log.entries.findLast(isUpdated)?.status).toBe(200);
    expect(events.filter(({ event }) => event === 'poll.failed')).toEqual([]);
    expect(leads.map((lead) => company.tasks(lead).length)).toEqual([1, 1, 1, 1, 1]);
  });

  it('is done without where it is not permitted, which is told once for each object', async () => {
    await using started = await startCompany();
    const { world, company, clock, sandbox } = started;
    await world.once();
    const body = [{ errorCode: 'INSUFFICIENT_ACCESS', message: 'insufficient access rights on object' }];
    sandbox.faults.add({ when: { path: '/updated/' }, do: { kind: 'answer', status: 403, body } });
    clock.advance(20 * MINUTE);
    const lead = company.lead();

    const events = await world.once();

    const told = events.filter(({ event }) => event === 'poll.uncertified');
    expect(told.map(({ object, code }) => [object, code])).toEqual([
      ['Lead', 'INSUFFICIENT_ACCESS'],
      ['Opportunity', 'INSUFFICIENT_ACCESS'],
      ['OpportunityContactRole', 'INSUFFICIENT_ACCESS'],
    ]);
    expect(company.tasks(lead)).toHaveLength(1);
  });
});
