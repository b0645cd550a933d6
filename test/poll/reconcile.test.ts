import { describe, expect, it } from 'vitest';

import { findViolations } from '../faults/checker.ts';
import { startCompany, type CompanyWorld } from '../support/company-world.ts';
import { TUESDAY, WHOLE_COMMITTEE, WITHOUT_BUYER } from '../support/company.ts';
import type { Told } from '../support/world.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What reconciliation found, in the order of the log. */
function gapsIn(events: readonly Told[]): readonly unknown[] {
  return events
    .filter(({ event }) => event === 'reconcile.gap')
    .map(({ object, record_id, kind }) => ({ object, record_id, kind }));
}

function decisionsIn(events: readonly Told[]): readonly Told[] {
  return events.filter(({ event }) => event === 'decision');
}

async function resync({ world }: CompanyWorld, objects: readonly string[]): Promise<void> {
  await world.fresh.redis.sadd(`${world.fresh.prefix}:reconcile:requests`, ...objects);
}

/** As if the polls had never read the record. */
async function unread({ world }: CompanyWorld, object: string, id: string): Promise<void> {
  await world.fresh.redis.hdel(`${world.fresh.prefix}:inventory:${object}`, id);
}

describe.concurrent('reconciliation', () => {
  it('finds nothing after a quiet night, decides nothing anew and writes nothing (F28, F29)', async () => {
    await using started = await startCompany();
    const { world, company, sandbox, clock } = started;
    company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    company.opportunity('Negotiation/Review', WHOLE_COMMITTEE);
    company.lead();
    await world.once();
    await world.once();
    clock.set(TUESDAY + DAY);
    sandbox.log.clear();

    const events = await world.once();

    const compared = events.filter(({ event }) => event === 'reconcile.completed');
    expect(compared.map(({ object, gaps }) => [object, gaps])).toEqual([
      ['Lead', 0],
      ['Opportunity', 0],
      ['OpportunityContactRole', 0],
    ]);
    expect(gapsIn(events)).toEqual([]);
    expect(sandbox.log.entries.filter(({ changes }) => changes.length > 0)).toEqual([]);
  });

  it('finds a lead that was purged: its timers are closed, and it is told as gone (XE8, FM 13)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const lead = company.lead();
    await world.once();
    const timers = `${world.fresh.prefix}:timers:lead`;
    await world.fresh.redis.zadd(timers, TUESDAY + 30 * DAY, lead);
    org.admin.purge(lead);
    clock.set(TUESDAY + DAY);

    const events = await world.once();

    expect(gapsIn(events)).toEqual([{ object: 'Lead', record_id: lead, kind: 'gone' }]);
    expect(events).toContainEqual(expect.objectContaining({ event: 'gone', object: 'Lead', record_id: lead }));
    expect(await world.fresh.redis.zscore(timers, lead)).toBeNull();
  });

  it('finds what the polls have missed and repairs it; a second night with a gap raises one alert (F28)', async () => {
    await using started = await startCompany();
    const { world, company, clock } = started;
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    await world.once();
    const nights: (readonly Told[])[] = [];
    for (const night of [1, 2, 3, 4]) {
      // What the night before has written is read first.
      await world.once();
      if (night < 4) await unread(started, 'Opportunity', deal);
      clock.set(TUESDAY + night * DAY);
      nights.push(await world.once());
    }

    const gap = { object: 'Opportunity', record_id: deal, kind: 'missed' };
    expect(nights.map(gapsIn)).toEqual([[gap], [gap], [gap], []]);
    const alerts = nights.map((events) => events.filter(({ event }) => event.startsWith('alert.')).length);
    expect(alerts).toEqual([0, 1, 0, 0]);
  });

  it('finds a directly deleted role that the deleted resource keeps no more, after 16 days (F26, FM 14)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Negotiation/Review', WHOLE_COMMITTEE, { CloseDate: '2027-06-01' });
    await world.once();
    expect(company.flags(deal).status).toBe('compliant');
    clock.advance(3_600);
    const role = company.roleOf(deal, 'b');
    org.admin.delete(role);
    clock.set(TUESDAY + 16 * DAY);

    const events = await world.once();

    expect(gapsIn(events)).toContainEqual({ object: 'OpportunityContactRole', record_id: role, kind: 'gone' });
    expect(company.flags(deal).missing).toMatch(/^economic_buyer/);
    expect(findViolations(started.sandbox)).toEqual([]);
  });

  it('loses nothing in an outage of 31 days, longer than the updated resource reaches (D2)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER, { CloseDate: '2027-06-01' });
    await world.once();
    clock.advance(3_600);
    org.as('max@northwind.example').update(deal, { StageName: 'Needs Analysis' });
    const lead = company.lead();
    clock.set(TUESDAY + 31 * DAY);

    const events = await world.once();

    expect(company.flags(deal).status).toBe('compliant');
    expect(decisionsIn(events).map(({ record_id }) => record_id)).toContain(lead);
    expect(events.filter(({ event }) => event === 'poll.failed')).toEqual([]);
  });

  it('compares one object on demand, also a role that nobody ever told of', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Negotiation/Review', WHOLE_COMMITTEE);
    await world.once();
    // The echo of the flags.
    await world.once();
    const role = company.roleOf(deal, 'b');
    await world.fresh.redis.hdel(`${world.fresh.prefix}:role-parents`, role);
    await unread(started, 'OpportunityContactRole', role);
    org.admin.delete(role);
    clock.advance(1_800);
    await world.once();
    expect(company.flags(deal).status).toBe('compliant');
    await resync(started, ['Opportunity']);

    const events = await world.once();

    expect(events.filter(({ event }) => event === 'reconcile.completed').map(({ object }) => object)).toEqual([
      'Opportunity',
    ]);
    expect(company.flags(deal).missing).toMatch(/^economic_buyer/);
  });

  it('writes nothing twice after Redis was emptied (XE17)', async () => {
    await using started = await startCompany();
    const { world, company, sandbox } = started;
    const { fresh } = world;
    company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    company.lead();
    await world.once();
    await fresh.redis.del(...(await fresh.redis.keys(`*${fresh.prefix}*`)));
    sandbox.log.clear();

    await world.once();
    await resync(started, ['Lead', 'Opportunity', 'OpportunityContactRole']);
    const events = await world.once();

    expect(gapsIn(events)).toEqual([]);
    expect(sandbox.log.entries.filter(({ changes }) => changes.length > 0)).toEqual([]);
  });
});
