import { describe, expect, it } from 'vitest';

import { validationRule } from '../../src/sandbox/customer-rules.ts';
import { companySeed, openCompany } from '../support/company.ts';
import { startWorld, type Told } from '../support/world.ts';

/** Monday evening: London has closed half an hour ago and opens again in fifteen hours (WV1). */
const EVENING = Date.parse('2026-11-23T18:00:00Z');
const MORNING = Date.parse('2026-11-24T09:00:00Z');
const TEN = Date.parse('2026-11-24T10:00:00Z');
const UK = { Country: 'United Kingdom', PostalCode: 'M1 1AA' };

async function aCompany(at: number) {
  const world = await startWorld({ records: companySeed(at) });
  world.sandbox.clock.set(at);
  return { world, company: openCompany(world.sandbox), ...world.sandbox };
}

function routesOf(events: readonly Told[], lead: string): readonly Told[] {
  return events.filter(({ event, module, record_id }) => event === 'decision' && module === 'routing' && record_id === lead); // oxfmt-ignore
}

describe.concurrent('a lead that comes when nobody is at work (R10, R11)', () => {
  it('waits with its owner unchanged, and is given at the opening, first in first out (WV1)', async () => {
    const { world, company, org, clock } = await aCompany(EVENING);
    await using _ = world;
    const first = company.lead({ ...UK, LastName: 'First' });
    const waited = await world.once();
    clock.advance(600);
    const second = company.lead({ ...UK, LastName: 'Second' });
    await world.once();

    expect(routesOf(waited, first)).toMatchObject([
      { result: 'waiting', pool: 'uki', wait_until: '2026-11-24T09:00:00.000Z' },
    ]);
    expect([first, second].map((lead) => company.ownerOf(lead))).toEqual(Array(2).fill('queue:Inbound_Leads'));
    expect(org.record(first)?.['Routed_At__c'] ?? null).toBeNull();

    clock.set(MORNING);
    await world.once();

    const turns = [first, second].map((lead) => String(org.record(lead)?.['Rolecall_Turn__c']));
    expect(turns).toEqual(['uki:000000001', 'uki:000000002']);
    expect([first, second].map((lead) => company.ownerOf(lead))).toEqual(['max', 'nia']);
  });

  it('is looked at in the light of the morning: nothing of last night is acted on (F29)', async () => {
    const { world, company, org, clock } = await aCompany(EVENING);
    await using _ = world;
    const lead = company.lead({ ...UK, LastName: 'Account', Website: 'acme.example' });
    await world.once();
    const account = { Name: 'Acme', Website: 'acme.example', BillingCountry: 'United Kingdom' };
    org.admin.insert('Account', { ...account, OwnerId: company.userId('lee') });

    clock.set(MORNING);
    const events = await world.once();

    expect(company.ownerOf(lead)).toBe('lee');
    expect(routesOf(events, lead)).toMatchObject([{ result: 'assigned', route: 'matched_account' }]);
  });

  it('keeps its place although it was edited while it waited', async () => {
    const { world, company, org, clock } = await aCompany(EVENING);
    await using _ = world;
    const late = company.lead({ ...UK, LastName: 'Late', Do_Not_Route__c: true });
    const early = company.lead({ ...UK, LastName: 'Early' });
    await world.once();
    clock.advance(600);
    org.as('marketo@northwind.example').update(late, { Do_Not_Route__c: false });
    await world.once();

    clock.set(MORNING);
    await world.once();

    const turns = [early, late].map((lead) => String(org.record(lead)?.['Rolecall_Turn__c']));
    expect(turns).toEqual(['uki:000000001', 'uki:000000002']);
  });

  it('is let go when a rep takes it before the opening (RE23)', async () => {
    const { world, company, org, clock } = await aCompany(EVENING);
    await using _ = world;
    const lead = company.lead(UK);
    await world.once();
    org.admin.update(lead, { OwnerId: company.userId('kim') });
    await world.once();

    clock.set(MORNING);
    const events = await world.once();

    expect(company.ownerOf(lead)).toBe('kim');
    expect(routesOf(events, lead)).toEqual([]);
  });

  it('does not wait longer than max_wait, but goes on to the next pool', async () => {
    const { world, company } = await aCompany(Date.parse('2026-11-20T18:00:00Z'));
    await using _ = world;
    const lead = company.lead(UK);

    await world.once();

    expect(company.ownerOf(lead)).toBe('xen');
  });
});

describe.concurrent('an owner whom the org refuses (R14)', () => {
  it.each([
    ['INACTIVE_OWNER_OR_USER', 'who has left between decision and write', 'RE3'],
    ['OP_WITH_INVALID_USER_TYPE_EXCEPTION', 'without a licence to own leads', 'RE4'],
  ])('%s: a user %s gives the turn back, and the next member gets it (%s)', async (code) => {
    const { world, company } = await aCompany(TEN);
    await using _ = world;
    const max = company.userId('max');
    world.sandbox.faults.add({
      when: { path: '/composite', body: /OwnerId/ },
      do: { kind: 'refuse-rows', code, message: 'no such owner', where: (row) => row['OwnerId'] === max },
    });
    const lead = company.lead(UK);

    await world.once();

    expect(company.ownerOf(lead)).toBe('nia');
    expect(world.events).toContainEqual(expect.objectContaining({ event: 'write.rejected', record_id: lead, code }));
    expect(world.sandbox.org.record(lead)).toMatchObject({ Rolecall_Turn__c: 'uki:000000001' });
    expect(routesOf(world.events, lead).at(-1)).toMatchObject({ skipped: ['uki: refused_by_org'], findings: ['user_inactive'] }); // oxfmt-ignore
  });

  it('a validation rule that rejects the owner change: dead letter, refund, one alert (RE17)', async () => {
    const { world, company, org } = await aCompany(TEN);
    await using _ = world;
    org.addRule(
      validationRule(
        'Lead',
        (lead, before) => before !== null && lead['Territory__c'] !== null,
        'No territories today',
      ),
    );
    const leads = [company.lead(UK), company.lead({ ...UK, LastName: 'Other', Email: 'other@else.example' })];

    await world.once({ variables: { LEADS_WEBHOOK: 'http://127.0.0.1:9/nobody' } });

    expect(leads.map((lead) => company.ownerOf(lead))).toEqual(Array(2).fill('queue:Inbound_Leads'));
    const dead = world.events.filter(({ event }) => event === 'dead_letter');
    expect(dead.map(({ code }) => code)).toEqual(Array(2).fill('FIELD_CUSTOM_VALIDATION_EXCEPTION'));
    expect(await world.fresh.redis.zcard(`${world.fresh.prefix}:alerts:told`)).toBe(1);
    const pools = JSON.parse((await world.fresh.redis.hget(`${world.fresh.prefix}:pools`, 'uki')) ?? '{}');
    expect(pools).toMatchObject({ turns: 0 });
  });
});

describe.concurrent('a flow that sets the owner back (F34, RE15, XE13)', () => {
  it('is answered three times, then left alone for a day with one alert', async () => {
    const { world, company, org, clock, log, userId } = await aCompany(TEN);
    await using _ = world;
    const queue = company.queueId('Inbound_Leads');
    org.addFlow({
      object: 'Lead',
      change: (lead, before, by) => (before !== null && by.userId === userId ? { ...lead, OwnerId: queue } : lead),
    });
    const lead = company.lead(UK);
    for (let run = 0; run < 4; run++) {
      await world.once();
      clock.advance(30);
    }
    const writes = () => log.entries.filter(({ method, body }) => method === 'PATCH' && /OwnerId/.test(JSON.stringify(body))); // oxfmt-ignore
    expect(writes()).toHaveLength(3);

    clock.advance(3_600);
    org.as('marketo@northwind.example').update(lead, { Title: 'CFO' });
    await world.once();

    expect(writes()).toHaveLength(3);
    const fights = routesOf(world.events, lead).filter(({ result }) => result === 'fight');
    expect(fights).toMatchObject([{ other_user_id: userId, findings: ['fight'] }]);
    expect(company.tasks(lead)).toHaveLength(1);
  });

  it('is not what a rep who gives a lead back is taken for, whoever touches it later (RE13)', async () => {
    const { world, company, org } = await aCompany(TEN);
    await using _ = world;
    const lead = company.lead(UK);
    await world.once();
    org.as('max@northwind.example').update(lead, { OwnerId: company.queueId('Inbound_Leads') });
    await world.once();
    org.as('marketo@northwind.example').update(lead, { Title: 'CFO' });

    await world.once();

    expect(company.ownerOf(lead)).toBe('queue:Inbound_Leads');
  });
});
