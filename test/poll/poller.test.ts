import { describe, expect, it } from 'vitest';

import type { SeedRecord } from '../../src/sandbox/base-data.ts';
import { writeStamp } from '../../src/sandbox/org-clock.ts';
import { isAnswered, textOf } from '../faults/request-facts.ts';
import { startCompany, type CompanyWorld } from '../support/company-world.ts';
import { companySeed, TUESDAY, WITHOUT_BUYER } from '../support/company.ts';
import type { Told } from '../support/world.ts';

const MINUTE = 60;

/** Deals that no rule is about: the first `together` of them share one stamp, the others follow second by second. */
function manyDeals(count: number, together: number): readonly SeedRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const stamp = writeStamp(TUESDAY - 6 * 3_600_000 + Math.max(0, index - together) * 1000);
    const stamps = { CreatedDate: stamp, LastModifiedDate: stamp, SystemModstamp: stamp };
    return {
      object: 'Opportunity',
      fields: { Name: `Deal ${index}`, StageName: 'Prospecting', CloseDate: '2027-03-01', Amount: 500, ...stamps },
    };
  });
}

function handedOn(events: readonly Told[], object: string): number {
  const polls = events.filter((told) => told.event === 'poll.completed' && told['object'] === object);
  return polls.reduce((sum, { rows }) => sum + Number(rows), 0);
}

/** How often each of these deals was read by a worker. */
function readsOf({ sandbox, org }: CompanyWorld): ReadonlyMap<string, number> {
  const counts = new Map(org.all('Opportunity').map(({ Id }) => [String(Id), 0]));
  for (const request of sandbox.log.entries) {
    if (request.kind !== 'composite' || !isAnswered(request)) continue;
    // A batch names an id for the deals, for their roles and for their tasks.
    const named = new Set<string>();
    for (const [, id] of textOf(request).matchAll(/'(006\w{15})'/g)) {
      if (id !== undefined) named.add(id);
    }
    for (const id of named) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

describe.concurrent('what a poll finds', () => {
  it('is a row that was stamped before the last poll and became visible after it, once (F25, XE1, FM 1, FM 5)', async () => {
    await using started = await startCompany({ at: TUESDAY + 7_000 });
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    await world.once();
    const started9 = clock.now();
    org.lateCommit({ delaySeconds: 9 * MINUTE }, (admin) => admin.update(deal, { StageName: 'Needs Analysis' }));
    clock.advance(10);
    await world.once();
    expect(company.flags(deal).status).toBe('violation');

    clock.set(started9 + 9 * MINUTE * 1000);
    const events = await world.once();

    expect(company.flags(deal).status).toBe('compliant');
    const decisions = events.filter(({ event, module }) => event === 'decision' && module === 'contact_roles');
    expect(decisions).toHaveLength(1);
  });

  it('is what somebody commits late in the second of an edit of theirs that was read (F25, FM 1)', async () => {
    await using started = await startCompany({ frozenAt: TUESDAY });
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    await world.once();
    org.admin.update(deal, { NextStep: 'call' });
    const { commitAt } = org.lateCommit({ delaySeconds: MINUTE }, (admin) =>
      admin.update(deal, { StageName: 'Needs Analysis' }),
    );
    const stampOf = () => org.record(deal)?.['SystemModstamp'];
    const read = stampOf();
    clock.set(commitAt - 30_000);
    await world.once();
    expect(company.flags(deal).status).toBe('violation');

    clock.set(commitAt);
    expect(stampOf()).toBe(read);
    await world.once();

    expect(company.flags(deal).status).toBe('compliant');
  });

  it('is every edit of a record that is edited before each of three polls (XE2)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Prospecting', []);
    await world.once();
    await world.once();

    for (let edit = 1; edit <= 3; edit++) {
      clock.advance(20);
      org.as('max@northwind.example').update(deal, { NextStep: `step ${edit}` });
      const events = await world.once();
      expect(handedOn(events, 'Opportunity')).toBe(1);
    }
    expect(handedOn(await world.once(), 'Opportunity')).toBe(0);
  });

  it('is all that happened while the daemon was down for three days (XE6)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    await world.once();
    clock.advance(3_600);
    org.as('max@northwind.example').update(deal, { StageName: 'Needs Analysis' });
    const late = company.lead();
    clock.set(TUESDAY + 3 * 24 * 3_600_000);

    await world.once();

    expect(company.flags(deal).status).toBe('compliant');
    expect(company.ownerOf(late)).toBe('ron');
  });

  it.each([
    { machine: 'four minutes fast', ahead: -4 * MINUTE },
    { machine: 'four minutes slow', ahead: 4 * MINUTE },
  ])('does not depend on the machine’s clock, which is $machine (F24, XE27)', async ({ ahead }) => {
    await using started = await startCompany({ at: Date.now() + ahead * 1000 });
    const { world, company, org } = started;
    const daemon = world.start();
    const deal = company.opportunity('Qualification', []);
    await daemon.until(() => company.flags(deal).status === 'violation');

    company.addRole(deal, ['a', 'Champion', true]);
    await daemon.until(() => company.flags(deal).status === 'compliant');
    await daemon.stop();

    const watermark = Number(await world.fresh.redis.hget(`${world.fresh.prefix}:watermarks`, 'Opportunity'));
    expect(Math.abs(watermark - started.clock.now())).toBeLessThan(20_000);
    expect(org.record(deal)).toMatchObject({ Contact_Role_Coverage__c: '2/2' });
  });

  it('keeps its watermark when a page fails, and does not hand on again what it has read (F24, XE5)', async () => {
    const records = [...companySeed(TUESDAY), ...manyDeals(1_000, 0)];
    await using started = await startCompany({ records, pageSize: 200 });
    const { world, sandbox } = started;
    const watermarks: (string | null)[] = [];
    sandbox.faults.add({
      when: { kind: 'query-more' },
      skip: 1,
      times: 1,
      do: { kind: 'answer', status: 503, body: 'Service Unavailable', headers: { 'content-type': 'text/plain' } },
    });
    const daemon = world.start();
    await daemon.seen('org.unreachable');
    watermarks.push(await world.fresh.redis.hget(`${world.fresh.prefix}:watermarks`, 'Opportunity'));

    await daemon.seen('poll.completed', ({ object, rows }) => object === 'Opportunity' && rows > 0);
    await daemon.seen('idle');
    await daemon.stop();

    expect(watermarks).toEqual([null]);
    const reads = [...readsOf(started).values()];
    expect(reads).toEqual(Array.from({ length: 1_000 }, () => 1));
  });
});

describe('a large org', () => {
  it('is read whole, though 5,000 rows share a second and a cursor expires among them (XE4, FM 2, FM 3, FM 9)', async () => {
    const records = [...companySeed(TUESDAY), ...manyDeals(10_500, 5_000)];
    await using started = await startCompany({ records, at: TUESDAY });
    const { world, sandbox } = started;
    const expiring = sandbox.faults.add({
      when: { kind: 'query-more' },
      skip: 1,
      times: 1,
      do: { kind: 'expire-cursors' },
    });

    const events = await world.once();

    expect(expiring.fired()).toBe(1);
    expect(sandbox.log.entries.map(textOf)).toContainEqual(expect.stringMatching(/SystemModstamp = \S+ AND Id > '006/));
    expect(handedOn(events, 'Opportunity')).toBeGreaterThanOrEqual(10_500);
    const unread = [...readsOf(started).values()].filter((times) => times < 1);
    expect(unread).toEqual([]);
    expect(events.filter(({ event }) => event === 'poll.failed' || event === 'work.failed')).toEqual([]);
  }, 90_000);
});
