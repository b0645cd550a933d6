import { describe, expect, it } from 'vitest';

import type { Config } from '../../src/config/schema.ts';
import { companySeed, openCompany, TUESDAY } from '../support/company.ts';
import { startWorld, type Told } from '../support/world.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;

async function aCompany() {
  const world = await startWorld({ records: companySeed(TUESDAY) });
  world.sandbox.clock.set(TUESDAY);
  const company = openCompany(world.sandbox);
  const { org } = world.sandbox;
  /** A lead of a webinar: 20 points for its industry, 20 for its size. */
  const webinar = () =>
    company.lead({ LeadSource: 'Webinar', Industry: 'Energy', NumberOfEmployees: 500, Lead_Score__c: null });
  return { world, company, webinar, marketing: org.as('marketo@northwind.example'), ...world.sandbox };
}

/** What a module said of a lead. */
function decisions(events: readonly Told[], lead: string, module = 'qualification'): readonly Told[] {
  return events.filter((told) => told.event === 'decision' && told['module'] === module && told['record_id'] === lead);
}

describe.concurrent('what comes late (Q8)', () => {
  it('qualifies a lead in nurture when its score arrives', async () => {
    const { world, company, webinar, marketing, org } = await aCompany();
    await using _ = world;
    const lead = webinar();
    await world.once();
    expect(org.record(lead)).toMatchObject({ Status: 'Nurturing', MQL__c: false });
    expect(company.ownerOf(lead)).toBe('queue:Marketing_Nurture');

    marketing.update(lead, { Lead_Score__c: 60 });
    const events = await world.once();

    expect(decisions(events, lead)).toMatchObject([{ result: 'qualified', reason: 'scored', points: 60 }]);
    expect(company.ownerOf(lead)).toBe('ron');
    expect(org.record(lead)).toMatchObject({ MQL__c: true, MQL_Reason__c: 'scored' });
  });

  it('looks at a lead again when it answers a campaign, which leaves no trace on the lead', async () => {
    const { world, webinar, org } = await aCompany();
    await using _ = world;
    const lead = webinar();
    const campaign = org.admin.insert('Campaign', { Name: 'Autumn webinar', IsActive: true });
    await world.once();

    org.admin.insert('CampaignMember', { CampaignId: campaign, LeadId: lead, Status: 'Responded' });
    const events = await world.once();

    // A stamp stands for its whole second: the first round may be too early for it.
    const polls = events.filter(({ event, object }) => event === 'poll.completed' && object === 'CampaignMember');
    expect(polls.map(({ rows }) => rows)).toContain(1);
  });

  it('only records that a routed lead has dropped below its score (Q6)', async () => {
    const { world, company, webinar, marketing, org } = await aCompany();
    await using _ = world;
    const lead = webinar();
    marketing.update(lead, { Lead_Score__c: 60 });
    await world.once();
    const owner = company.ownerOf(lead);

    marketing.update(lead, { Lead_Score__c: null, Industry: null, NumberOfEmployees: 5 });
    const events = await world.once();

    expect(decisions(events, lead)).toMatchObject([{ result: 'nurture', findings: ['score_dropped'] }]);
    expect(company.ownerOf(lead)).toBe(owner);
    expect(org.record(lead)).toMatchObject({ MQL__c: true, Status: 'Open - Not Contacted' });
  });
});

it.concurrent('asks the past of a lead where rules do: its latest answer, its last touch (F13)', async () => {
  const world = await startWorld({ records: companySeed(TUESDAY) }, { adjust: askingThePast });
  await using _ = world;
  world.sandbox.clock.set(TUESDAY);
  const company = openCompany(world.sandbox);
  const { org } = world.sandbox;
  const [silent, answering, called] = ['Silent', 'Answering', 'Called'].map((LastName) =>
    company.lead({ LastName, LeadSource: 'Webinar', NumberOfEmployees: 10 }),
  ) as [string, string, string];
  const CampaignId = org.admin.insert('Campaign', { Name: 'Autumn fair', IsActive: true });
  org.admin.insert('CampaignMember', { CampaignId, LeadId: answering, Status: 'Responded' });
  org.as('lee@northwind.example').insert('Task', {
    WhoId: called,
    Subject: 'A call',
    TaskSubtype: 'Call',
    Status: 'Completed',
  });

  const events = await world.once();

  expect([silent, answering, called].map((lead) => decisions(events, lead).at(-1))).toMatchObject([
    { result: 'nurture' },
    { result: 'qualified', reason: 'fair' },
    { result: 'suppressed', reason: 'in_talks' },
  ]);
});

/** Whoever was talked to this week is left alone; whoever was at the fair is ready. */
function askingThePast(config: Config): Config {
  const qualification = config.qualification!;
  const suppress = [{ id: 'in_talks', when: { last_touch: { newer_than: '7d' } } }];
  const qualify = [{ id: 'fair', when: { 'response.source': 'Autumn fair' } }];
  const sla = { ...config.sla!, touch: { ...config.sla!.touch, by: 'anyone' as const } };
  return { ...config, sla, qualification: { ...qualification, suppress, qualify } };
}

describe.concurrent('what a person has set (Q7)', () => {
  it('holds a lead back for thirty days, and not a day longer (QE7)', async () => {
    const { world, company, webinar, marketing, org, clock } = await aCompany();
    await using _ = world;
    const lead = webinar();
    clock.advance(60);
    org.as('lee@northwind.example').update(lead, { Status: 'Nurturing' });
    // The last change of the lead is a program's: only the org's history knows who set the Status.
    marketing.update(lead, { Title: 'CTO' });
    await world.once();

    clock.advance(DAY);
    marketing.update(lead, { Lead_Score__c: 60 });
    const held = await world.once();

    expect(decisions(held, lead)).toMatchObject([{ result: 'qualified', held_back: 'human_change' }]);
    expect(decisions(held, lead, 'routing')).toEqual([]);
    expect(company.ownerOf(lead)).toBe('queue:Inbound_Leads');

    clock.set(TUESDAY + (30 * DAY + HOUR) * 1000);
    await world.once();
    expect(company.ownerOf(lead)).toBe('ron');
  });

  it('is told by who changed the lead last where the history cannot be read', async () => {
    const { world, company, webinar, org } = await aCompany();
    await using _ = world;
    org.hideField('LeadHistory', 'Field');
    const [byPerson, byProgram] = [webinar(), webinar()];
    org.as('lee@northwind.example').update(byPerson, { Status: 'Nurturing', Lead_Score__c: 60 });
    org.as('marketo@northwind.example').update(byProgram, { Status: 'Nurturing', Lead_Score__c: 60 });

    await world.once();

    expect([byPerson, byProgram].map((lead) => company.ownerOf(lead))).toEqual(['queue:Inbound_Leads', 'ron']);
  });

  it('gives way to a hand-raise after five days (QE8)', async () => {
    const { world, company, webinar, marketing, org, clock } = await aCompany();
    await using _ = world;
    const lead = webinar();
    const campaign = org.admin.insert('Campaign', { Name: 'Demo Request', IsActive: true });
    org.as('lee@northwind.example').update(lead, { Status: 'Nurturing' });
    await world.once();
    marketing.update(lead, { Lead_Score__c: 60 });
    await world.once();
    expect(company.ownerOf(lead)).toBe('queue:Inbound_Leads');

    clock.set(TUESDAY + 6 * DAY * 1000);
    org.admin.insert('CampaignMember', { CampaignId: campaign, LeadId: lead, Status: 'Responded' });
    await world.once();

    expect(company.ownerOf(lead)).toBe('ron');
  });

  it('is not what our own writes and marketing’s are taken for', async () => {
    const { world, company, webinar, marketing } = await aCompany();
    await using _ = world;
    const lead = webinar();
    await world.once();
    marketing.update(lead, { Title: 'CTO' });
    await world.once();

    marketing.update(lead, { Lead_Score__c: 60 });
    await world.once();

    expect(company.ownerOf(lead)).toBe('ron');
  });
});

describe.concurrent('data that is missing (Q4)', () => {
  it('is waited for four hours from the first hold, however often the lead is edited (QE10)', async () => {
    const { world, company, marketing, org, clock } = await aCompany();
    await using _ = world;
    const lead = company.lead({ Country: null });
    await world.once();
    for (let hour = 1; hour < 4; hour++) {
      clock.set(TUESDAY + hour * HOUR * 1000);
      marketing.update(lead, { Title: `Title ${hour}` });
      await world.once();
    }
    expect(org.record(lead)).toMatchObject({ Status: 'Open - Not Contacted' });

    clock.set(TUESDAY + 4 * HOUR * 1000 + 60_000);
    const events = await world.once();

    expect(decisions(events, lead)).toMatchObject([{ result: 'nurture', reason: 'missing:geo.country' }]);
    expect(company.ownerOf(lead)).toBe('queue:Marketing_Nurture');
  });

  it('is taken up at once when it comes (QE9)', async () => {
    const { world, company, marketing, clock } = await aCompany();
    await using _ = world;
    const lead = company.lead({ Country: null });
    await world.once();

    clock.set(TUESDAY + (4 * HOUR - 60) * 1000);
    marketing.update(lead, { Country: 'Norway' });
    await world.once();

    expect(company.ownerOf(lead)).toBe('ron');
  });
});

it.concurrent('writes nothing at all to a suppressed lead, and tests it anew on every change (Q3)', async () => {
  const { world, company, marketing } = await aCompany();
  await using _ = world;
  const lead = company.lead({ Do_Not_Route__c: true });
  const first = await world.once();
  expect(first.filter(({ event }) => event === 'write.completed')).toEqual([]);

  marketing.update(lead, { Do_Not_Route__c: false });
  await world.once();

  expect(company.ownerOf(lead)).toBe('ron');
});

it.concurrent('stops at the breaker of statuses, holds the rest in order, and alerts once (QE12, F36)', async () => {
  const world = await startWorld({ records: companySeed(TUESDAY) }, { adjust: fewer });
  await using _ = world;
  world.sandbox.clock.set(TUESDAY);
  const company = openCompany(world.sandbox);
  const leads = Array.from({ length: 14 }, (_none, at) => {
    world.sandbox.clock.advance(1);
    return company.lead({ LastName: `Cold${at}`, LeadSource: 'Webinar', NumberOfEmployees: 10 });
  });

  const daemon = world.start({ variables: { LEADS_WEBHOOK: 'http://127.0.0.1:9/nobody' } });
  await daemon.seen('module.paused', ({ module }) => module === 'qualification');
  await daemon.stop();

  const statuses = leads.map((lead) => world.sandbox.org.record(lead)?.['Status']);
  expect(statuses).toEqual([...Array<string>(10).fill('Nurturing'), ...Array<string>(4).fill('Open - Not Contacted')]);
  const decided = leads.map((lead) => decisions(world.events, lead).at(-1)?.['result']);
  expect(decided).toEqual(Array(14).fill('nurture'));
  expect(await world.fresh.redis.zcard(`${world.fresh.prefix}:alerts:told`)).toBe(1);
});

/** Ten changes of Status in ten minutes, and no more. */
function fewer(config: Config): Config {
  const blast_radius = { ...config.write.blast_radius, status_changes: { max: 10, per: 600_000 } };
  return { ...config, write: { ...config.write, blast_radius } };
}
