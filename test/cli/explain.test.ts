import { describe, expect, it } from 'vitest';

import { companySeed, openCompany, TUESDAY, WITHOUT_BUYER } from '../support/company.ts';
import { runOn } from '../support/desk.ts';
import { startWorld, type TestWorld } from '../support/world.ts';

/** After closing time in London, whose leads wait for the morning. */
const EVENING = Date.parse('2026-11-23T18:00:00Z');

async function aCompany(at = TUESDAY) {
  const world = await startWorld({ records: companySeed(at) });
  world.sandbox.clock.set(at);
  return { world, company: openCompany(world.sandbox) };
}

async function explain(world: TestWorld, id: string) {
  const writes = () => world.sandbox.log.entries.filter(({ changes }) => changes.length > 0).length;
  const before = writes();
  const { code, out, err } = await runOn(world, ['explain', id, '--json']);
  expect([code, err]).toEqual([0, []]);
  expect(writes()).toBe(before);
  return JSON.parse(out[0]!) as Record<string, any>; // oxlint-disable-line typescript/no-explicit-any -- a shape per record
}

describe.concurrent('rolecall explain', () => {
  it('tells of a new lead what would be done, every rule that matches, and each step (Q1, R1)', async () => {
    const { world, company } = await aCompany();
    await using _ = world;
    const lead = company.lead({ LeadSource: 'Demo Request', Rating: 'Hot' });

    const told = await explain(world, lead);

    expect(told).toMatchObject({
      object: 'Lead',
      record_id: lead,
      qualification: { outcome: 'qualified', reason: 'hand_raiser', suppress: [], disqualify: [], missing: [] },
      routing: { route: 'territory', territory: 'emea/nordics', pool: 'nordics', owner: 'ron@northwind.example' },
      dead_letter: null,
    });
    expect(told['qualification'].qualify).toContainEqual({
      id: 'scored',
      qualifies: false,
      points: 55,
      needs: 60,
      rules: expect.arrayContaining(['hot']),
    });
    expect(told['routing'].steps).toHaveLength(5);
  });

  it('shows a field without a value as null, and of people’s data only that there is some (QE16)', async () => {
    const { world, company } = await aCompany();
    await using _ = world;
    const lead = company.lead({ Lead_Score__c: null });

    const { read } = await explain(world, lead);
    const { out } = await runOn(world, ['explain', lead]);

    expect(read).toMatchObject({ Lead_Score__c: null, Email: '(hidden)' });
    expect(out).toContainEqual(expect.stringContaining('Lead_Score__c: null'));
  });

  it('names who has a lead and why after it was given, and explains its task by it', async () => {
    const { world, company } = await aCompany();
    await using _ = world;
    const lead = company.lead();
    await world.once();

    const told = await explain(world, lead);
    const [task] = world.sandbox.org.all('Task', ({ WhoId }) => WhoId === lead);
    const ofTask = await explain(world, String(task?.['Id']));

    expect(told['routing']).toMatchObject({ reason: 'emea/nordics', owner: 'ron@northwind.example', turn: 1 });
    expect(told['state']).toContain('we gave it');
    expect(told['history']).toMatchObject([
      { module: 'routing', result: { result: 'assigned' } },
      { module: 'qualification' },
    ]);
    expect(ofTask).toMatchObject({ record_id: lead, task: { key: `handoff:${lead}:1`, is_closed: false } });
  });

  it('tells when a lead that waits for opening hours is woken, and who is out (R11)', async () => {
    const { world, company } = await aCompany(EVENING);
    await using _ = world;
    const lead = company.lead({ Country: 'United Kingdom', PostalCode: 'M1 1AA' });
    await world.once();

    const told = await explain(world, lead);

    expect(told).toMatchObject({ wake_at: '2026-11-24T09:00:00.000Z', routing: { pool: 'uki' } });
    expect(told['routing'].out).toContain('max@northwind.example in uki: hours');
  });

  it('tells what a person’s Status holds back (QE7, Q7)', async () => {
    const { world, company } = await aCompany();
    await using _ = world;
    const lead = company.lead({ LeadSource: 'Webinar', NumberOfEmployees: 10 });
    await world.once();
    world.sandbox.org.as('max@northwind.example').update(lead, { Status: 'Recycled' });
    await world.once();

    const { qualification } = await explain(world, lead);

    expect(qualification).toMatchObject({ outcome: 'nurture', held_back: 'human_change' });
    expect(qualification.held_back_until).toMatch(/^2026-12-24/);
  });

  it('tells of a deal its items, who counts, its task and what comes next (C11, C20)', async () => {
    const { world, company } = await aCompany();
    await using _ = world;
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    await world.once();

    const { contact_roles: committee } = await explain(world, deal);

    expect(committee).toMatchObject({
      coverage: '4/5',
      missing: ['economic_buyer'],
      required_by: 'Proposal/Price Quote',
      episode: 1,
      next: [],
    });
    expect(committee.roles.filter((role: { is_live: boolean }) => role.is_live)).toHaveLength(WITHOUT_BUYER.length);
  });

  it.each([
    ['is none', ['explain', 'kari'], /"kari" is not one Salesforce id/],
    ['is of another object', ['explain', '001000000000001AAA'], /is no lead, opportunity or task/],
    ['is of nobody', ['explain', '00Q000000000001EAA'], /there is no record 00Q000000000001EAA/],
  ])('asks for another id when it %s', async (_why, argv, message) => {
    const { world } = await aCompany();
    await using _ = world;

    const { code, err } = await runOn(world, argv);

    expect(code).toBe(1);
    expect(err.join('\n')).toMatch(message);
  });
});
