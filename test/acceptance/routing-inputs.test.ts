import { describe, expect, it } from 'vitest';

import type { StoredRecord } from '../../src/sandbox/types.ts';
import { companySeed, openCompany, TUESDAY } from '../support/company.ts';
import { startWorld, type TestWorld, type Told } from '../support/world.ts';

const DAY = 86_400;

/** The demo company on a Tuesday morning in Europe, without a lead. */
async function aCompany() {
  const world = await startWorld({ records: companySeed(TUESDAY) });
  world.sandbox.clock.set(TUESDAY);
  return { world, company: openCompany(world.sandbox), ...world.sandbox };
}

/** What routing said of a lead last. */
function routeOf(events: readonly Told[], leadId: string): Told | undefined {
  return events.findLast(({ event, module, record_id }) => event === 'decision' && module === 'routing' && record_id === leadId); // oxfmt-ignore
}

async function loseRedis({ fresh }: TestWorld): Promise<void> {
  const keys = await fresh.redis.keys(`${fresh.prefix}*`);
  await fresh.redis.del(...keys);
}

/** The owner of a lead in an org with these accounts, and what was said of it. */
async function withAccounts(accounts: readonly StoredRecord[], leadFields: StoredRecord, leaver = '') {
  const { world, company, org } = await aCompany();
  await using _ = world;
  const ids = accounts.map(({ owner, openDeals = 0, ...fields }) => {
    const id = org.admin.insert('Account', { OwnerId: company.userId(String(owner)), ...fields });
    for (let at = 0; at < Number(openDeals); at++) company.opportunity('Qualification', [], { AccountId: id });
    return id;
  });
  if (leaver !== '') org.admin.update(company.userId(leaver), { IsActive: false });
  const lead = company.lead(leadFields);
  await world.once();
  return { owner: company.ownerOf(lead), told: routeOf(world.events, lead), ids };
}

describe.concurrent('the same person in the org (R3)', () => {
  it('goes to the owner of the contact with the same address, though it is over its cap (RE7)', async () => {
    const { world, company, org } = await aCompany();
    await using _ = world;
    const contact = { LastName: 'Berg', Email: 'Nils@Berg.example', OwnerId: company.userId('lee') };
    org.as('lee@northwind.example').insert('Contact', contact);
    for (let at = 0; at < 60; at++) {
      company.lead({ LastName: `Old${at}`, Status: 'Working - Contacted', OwnerId: company.userId('lee') });
    }
    const lead = company.lead({ LastName: 'Berg', Email: 'nils@berg.example' });

    await world.once();

    expect(company.ownerOf(lead)).toBe('lee');
    expect(routeOf(world.events, lead)).toMatchObject({ result: 'assigned', route: 'sticky_duplicate' });
  });

  it('follows the first of two duplicates that arrive together (RE5)', async () => {
    const { world, company } = await aCompany();
    await using _ = world;
    const who = { Email: 'one@person.example', Country: 'United Kingdom', PostalCode: 'M1 1AA' };
    const leads = Array.from({ length: 4 }, (_none, at) => company.lead({ ...who, LastName: `Twin${at}` }));

    await world.once();

    expect(new Set(leads.map((lead) => company.ownerOf(lead))).size).toBe(1);
    const routes = leads.map((lead) => routeOf(world.events, lead)?.['route']);
    expect(routes.filter((route) => route === 'sticky_duplicate')).toHaveLength(3);
  });

  it('is no reason when the owner of the other record is a queue, or was last seen too long ago (RE6)', async () => {
    const { world, company, org, clock } = await aCompany();
    await using _ = world;
    clock.advance(-100 * DAY);
    org.as('lee@northwind.example').insert('Contact', {
      LastName: 'Old',
      Email: 'old@friend.example',
      OwnerId: company.userId('lee'),
    });
    clock.set(TUESDAY);
    company.lead({ LastName: 'Other', Email: 'q@friend.example', Status: 'Working - Contacted', OwnerId: company.queueId('Archive') }); // oxfmt-ignore
    const stale = company.lead({ Email: 'old@friend.example' });
    const queued = company.lead({ Email: 'q@friend.example' });

    await world.once();

    expect([stale, queued].map((lead) => routeOf(world.events, lead)?.['route'])).toEqual(['territory', 'territory']);
  });
});

describe.concurrent('the company that a lead comes from (R5)', () => {
  const ACME = { Name: 'Acme Holding', Website: 'https://www.acme.example/en', BillingCountry: 'Norway' };

  it('decides by the domain of the address, whatever stands around it in the website', async () => {
    const { owner, told } = await withAccounts([{ ...ACME, owner: 'kim' }], { Email: 'a@acme.example' });

    expect(owner).toBe('kim');
    expect(told).toMatchObject({ route: 'matched_account' });
  });

  it('prefers the customer, then more open opportunities (RE8)', async () => {
    const { owner } = await withAccounts(
      [
        { ...ACME, owner: 'kim', Type: 'Prospect', openDeals: 3 },
        { ...ACME, owner: 'lee', Type: 'Customer', openDeals: 1 },
        { ...ACME, owner: 'max', Type: 'Customer', openDeals: 2 },
      ],
      { Email: 'a@acme.example' },
    );

    expect(owner).toBe('max');
  });

  it('is not found by a free mail domain (RE9)', async () => {
    const { told } = await withAccounts([{ Name: 'Mail', Website: 'gmail.com', owner: 'kim' }], {
      Email: 'x@gmail.com',
      LeadSource: 'Partner Referral',
    });

    expect(told).toMatchObject({ route: 'territory' });
  });

  it('passes to the territory when the owner of the account has left (RE11)', async () => {
    const { told } = await withAccounts([{ ...ACME, owner: 'kim' }], { Email: 'a@acme.example' }, 'kim');

    expect(told).toMatchObject({ route: 'territory', findings: ['account_owner_inactive'] });
  });
});

describe.concurrent('what people carry already (R16, R17)', () => {
  it('counts open leads of the org against the cap, and hands on what is over it (RE2)', async () => {
    const { world, company } = await aCompany();
    await using _ = world;
    for (let at = 0; at < 60; at++) {
      company.lead({ LastName: `Old${at}`, Status: 'Working - Contacted', OwnerId: company.userId('ron') });
    }
    const lead = company.lead();

    await world.once();

    expect(routeOf(world.events, lead)).toMatchObject({
      pool: 'global-triage',
      skipped: ['nordics: cap_open'],
    });
  });

  it('gives one person twelve leads a day and the thirteenth to the next pool', async () => {
    const { world, company } = await aCompany();
    await using _ = world;
    const leads = Array.from({ length: 13 }, (_none, at) => {
      world.sandbox.clock.advance(1);
      return company.lead({ LastName: `N${at}` });
    });

    await world.once();

    const owners = leads.map((lead) => company.ownerOf(lead));
    expect(owners.filter((owner) => owner === 'ron')).toHaveLength(12);
    expect(owners.at(-1)).toBe('xen');
  });

  it('remembers the day’s leads when Redis was lost, and forgets them at midnight (RE24)', async () => {
    const { world, company, clock } = await aCompany();
    await using _ = world;
    const first = Array.from({ length: 12 }, (_none, at) => company.lead({ LastName: `N${at}` }));
    await world.once();
    expect(first.map((lead) => company.ownerOf(lead))).toEqual(Array(12).fill('ron'));
    await loseRedis(world);

    const late = company.lead({ LastName: 'Late' });
    await world.once();
    expect(company.ownerOf(late)).toBe('xen');

    clock.set(TUESDAY + DAY * 1000);
    const tomorrow = company.lead({ LastName: 'Tomorrow' });
    await world.once();
    expect(company.ownerOf(tomorrow)).toBe('ron');
  });

  it('spreads 500 leads that come at once evenly over the least loaded (RE12)', async () => {
    const records = companySeed(TUESDAY);
    const pools = { fay: 0, gus: 0 };
    const world = await startWorld(
      { records },
      {
        adjust: (config) => ({
          ...config,
          routing: {
            ...config.routing!,
            pools: {
              ...config.routing!.pools,
              nordics: {
                ...config.routing!.pools['nordics']!,
                strategy: 'least_loaded',
                cap: {},
                members: Object.keys(pools).map((login) => ({ user: `${login}@northwind.example`, weight: 1 })),
              },
            },
          },
        }),
      },
    );
    await using _ = world;
    world.sandbox.clock.set(TUESDAY);
    const company = openCompany(world.sandbox);
    const leads = Array.from({ length: 500 }, (_none, at) => company.lead({ LastName: `L${at}` }));

    await world.once();

    const owners = leads.map((lead) => company.ownerOf(lead));
    expect(Math.abs(owners.filter((owner) => owner === 'fay').length - 250)).toBeLessThanOrEqual(1);
    expect(Math.abs(owners.filter((owner) => owner === 'gus').length - 250)).toBeLessThanOrEqual(1);
  });
});
