import { describe, expect, it } from 'vitest';

import type { Config } from '../../src/config/schema.ts';
import { companySeed, openCompany, TUESDAY } from '../support/company.ts';
import { runOn } from '../support/desk.ts';
import { impatient } from '../support/impatient.ts';
import { startWorld, type Told } from '../support/world.ts';

async function aCompany() {
  const world = await startWorld({ records: companySeed(TUESDAY) });
  world.sandbox.clock.set(TUESDAY);
  return { world, company: openCompany(world.sandbox), ...world.sandbox };
}

function routesOf(events: readonly Told[], leadId: string): readonly Told[] {
  return events.filter(({ event, module, record_id }) => event === 'decision' && module === 'routing' && record_id === leadId); // oxfmt-ignore
}

describe.concurrent('an epoch routes once (R20)', () => {
  it('leaves a lead where it is when its country is corrected, and says so once (RE25)', async () => {
    const { world, company, org } = await aCompany();
    await using _ = world;
    const lead = company.lead({ Country: 'Germany', PostalCode: '10115' });
    await world.once();
    expect(company.ownerOf(lead)).toBe('otto');

    org.as('otto@northwind.example').update(lead, { Country: 'France' });
    const second = await world.once();
    org.as('otto@northwind.example').update(lead, { Title: 'CFO' });
    const third = await world.once();

    expect(company.ownerOf(lead)).toBe('otto');
    expect(routesOf(second, lead)).toMatchObject([
      { result: 'noop', territory: 'emea/dach', territory_now: 'emea', findings: ['territory_drift'] },
    ]);
    expect(routesOf(third, lead)).toEqual([]);
  });

  it('begins anew with rolecall reroute, without whoever had it, and with a task of its own', async () => {
    const { world, company, org } = await aCompany();
    await using _ = world;
    const lead = company.lead({ Country: 'Germany', PostalCode: '10115' });
    await world.once();
    org.as('otto@northwind.example').update(lead, { Country: 'Norway' });
    await world.once();

    const told = await runOn(world, ['reroute', lead]);
    const events = await world.once();

    expect(told).toMatchObject({ code: 0, out: ['1 lead will be routed anew'] });
    expect(company.ownerOf(lead)).toBe('ron');
    expect(routesOf(events, lead)).toMatchObject([
      { result: 'assigned', territory: 'emea/nordics', epoch: 2, cause: 'manual' },
    ]);
    expect(company.tasks(lead).map(({ key }) => key)).toEqual([`handoff:${lead}:1`, `handoff:${lead}:2`]);
    expect(await world.once().then((again) => routesOf(again, lead))).toEqual([]);
  });

  it('never gives a lead back to those who had it last (R18)', async () => {
    const { world, company } = await aCompany();
    await using _ = world;
    const lead = company.lead({ Country: 'United Kingdom', PostalCode: 'M1 1AA' });
    await world.once();
    const owners = [company.ownerOf(lead)];
    for (let at = 0; at < 2; at++) {
      await runOn(world, ['reroute', lead]);
      await world.once();
      owners.push(company.ownerOf(lead));
    }

    expect(owners.toSorted()).toEqual(['max', 'nia', 'xen']);
  });

  it('gives the leads of somebody who has left to others, oldest first, but none in a protected status (RE27)', async () => {
    const { world, company, org } = await aCompany();
    await using _ = world;
    const leads = Array.from({ length: 3 }, (_none, at) => company.lead({ LastName: `N${at}` }));
    await world.once();
    expect(leads.map((lead) => company.ownerOf(lead))).toEqual(['ron', 'ron', 'ron']);
    org.as('ron@northwind.example').update(leads[2]!, { Status: 'Working - Contacted' });
    await world.once();

    org.admin.update(company.userId('ron'), { IsActive: false });
    const events = await world.once();

    expect(leads.map((lead) => company.ownerOf(lead))).toEqual(['xen', 'yas', 'ron']);
    expect(routesOf(events, leads[0]!)).toMatchObject([{ result: 'assigned', epoch: 2, cause: 'owner_deactivated' }]);
    expect(routesOf(events, leads[2]!)).toMatchObject([{ result: 'left', findings: ['owner_deactivated'] }]);
    expect((await world.once()).filter(({ event }) => event === 'decision')).toEqual([]);
  });

  it('stays with whom sales moved it to by hand (RE13)', async () => {
    const { world, company, org } = await aCompany();
    await using _ = world;
    const lead = company.lead();
    await world.once();

    org.as('ron@northwind.example').update(lead, { OwnerId: company.userId('kim') });
    const events = await world.once();

    expect(company.ownerOf(lead)).toBe('kim');
    expect(routesOf(events, lead)).toMatchObject([{ result: 'owned', findings: ['rule_bypass'] }]);
  });

  it('is not begun again because Redis was lost (F40)', async () => {
    const { world, company, org } = await aCompany();
    await using _ = world;
    const lead = company.lead();
    await world.once();
    org.as('ron@northwind.example').update(lead, { OwnerId: company.queueId('Inbound_Leads') });
    const keys = await world.fresh.redis.keys(`${world.fresh.prefix}*`);
    await world.fresh.redis.del(...keys);

    await world.once();

    expect(company.ownerOf(lead)).toBe('queue:Inbound_Leads');
  });
});

describe.concurrent('rolecall pool', () => {
  it('shows turns, loads and who is out and why', async () => {
    const { world, company } = await aCompany();
    await using _ = world;
    company.lead({ Country: 'Germany', PostalCode: '10115' });
    await world.once();

    const shown = await runOn(world, ['pool', 'dach', '--json']);

    expect(JSON.parse(shown.out.join(''))).toMatchObject({
      pool: 'dach',
      strategy: 'weighted_round_robin',
      turns: 1,
      members: [
        { user: 'otto@northwind.example', lastTurn: 1, open: 1, openCap: 60, today: 1, dayCap: 12, out: null },
        { user: 'pia@northwind.example', lastTurn: null, open: 0, today: 0, out: 'away' },
      ],
      next: { who: 'otto@northwind.example', pool: 'dach' },
    });
  });

  it('counts the leads of its turns that are with people who are no members (RE19)', async () => {
    const { world, company, org } = await aCompany();
    await using _ = world;
    const lead = company.lead({ Country: 'Germany', PostalCode: '10115' });
    await world.once();
    org.as('otto@northwind.example').update(lead, { OwnerId: company.userId('kim') });

    const shown = await runOn(world, ['pool', 'dach']);

    expect(shown.out).toEqual([
      'dach: weighted_round_robin, 1 turn',
      '  otto@northwind.example  weight 1, owed 0, last turn 1, open 0 of 60, today 1 of 12, in',
      '  pia@northwind.example   weight 1, owed 0, no turn yet, open 0 of 60, today 0 of 12, out: away',
      'owned by non-members: 1',
      'next: otto@northwind.example',
    ]);
  });

  it('names the nearest pool when there is none of the name', async () => {
    const { world } = await aCompany();
    await using _ = world;

    expect(await runOn(world, ['pool', 'dahc'])).toMatchObject({
      code: 1,
      err: expect.arrayContaining([expect.stringContaining('"dach"')]),
    });
  });
});

describe.concurrent('rolecall requalify (QE13, Q8)', () => {
  it('hands the leads since then to the daemon, which alone decides', async () => {
    const { world, company, clock } = await aCompany();
    await using _ = world;
    clock.advance(-3 * 86_400);
    company.lead({ LastName: 'Old' });
    clock.set(TUESDAY);
    company.lead({ LastName: 'New' });

    expect(await runOn(world, ['requalify', '--since', '2d'])).toMatchObject({ out: ['1 lead will be judged anew'] });
    expect(await runOn(world, ['requalify', '--since', 'soon'])).toMatchObject({ code: 1 });
  });

  it('or an answer to a campaign is what it takes for a lowered bar to reach leads in nurture', async () => {
    const { world, company, org, clock } = await aCompany();
    await using _ = world;
    const [lead, answering] = ['Silent', 'Answering'].map((LastName) =>
      company.lead({ LastName, LeadSource: 'Webinar', Industry: 'Energy', NumberOfEmployees: 1500 }),
    ) as [string, string];
    const CampaignId = org.admin.insert('Campaign', { Name: 'Autumn webinar', IsActive: true });
    await world.once();
    clock.advance(60);
    org.admin.insert('CampaignMember', { CampaignId, LeadId: answering, Status: 'Responded' });

    await world.once({ adjust: lowered });
    expect(company.ownerOf(answering)).toBe('ron');
    expect(company.ownerOf(lead)).toBe('queue:Marketing_Nurture');

    await runOn(world, ['requalify', '--since', '1d']);
    await world.once({ adjust: lowered });
    expect(company.ownerOf(lead)).toBe('ron');
  });
});

/** Fifty points are enough. */
function lowered(config: Config): Config {
  const qualification = config.qualification!;
  const qualify = qualification.qualify.map(({ score, ...group }) =>
    score === undefined ? group : { ...group, score: { ...score, enter: 50 } },
  );
  return impatient({ ...config, qualification: { ...qualification, qualify } });
}
