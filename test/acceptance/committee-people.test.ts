import { describe, expect, it } from 'vitest';

import type { Config } from '../../src/config/schema.ts';
import { writeDay, writeStamp } from '../../src/sandbox/org-clock.ts';
import { findViolations } from '../faults/checker.ts';
import { startCompany, type CompanyWorld } from '../support/company-world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** People of the account whom nobody has talked to yet. */
function hire({ org }: CompanyWorld, ...names: readonly string[]): void {
  const account = String(org.all('Account', ({ Name }) => Name === 'Fjord AS')[0]?.['Id']);
  for (const LastName of names) org.admin.insert('Contact', { LastName, AccountId: account });
}

/** A deal in negotiation with all its people, of whom nobody is engaged, far from its close. */
function quietDeal(started: CompanyWorld): string {
  const { company, clock } = started;
  hire(started, 'Champ', 'Buyer', 'Tech', 'User', 'Legal');
  return company.opportunity(
    'Negotiation/Review',
    [
      ['Champ', 'Champion', true],
      ['Buyer', 'Economic Buyer'],
      ['Tech', 'Evaluator'],
      ['User', 'Business User'],
      ['Legal', 'Procurement'],
    ],
    { CloseDate: writeDay(clock.now() + 300 * DAY) },
  );
}

describe.concurrent('people of a committee who change, while nobody touches the deal', () => {
  it('stop counting when they leave, bounce, move to another account or are deleted (C5, CE4, CE9)', async () => {
    await using started = await startCompany({}, { adjust: atOneAccount });
    const { world, company, org } = started;
    const elsewhere = org.admin.insert('Account', { Name: 'Elsewhere AS' });
    hire(started, 'Leaver', 'Bouncer', 'Mover', 'Deleted', 'Stayer');
    const people = ['Leaver', 'Bouncer', 'Mover', 'Deleted', 'Stayer'];
    const deals = people.map((name) => company.opportunity('Qualification', [[name, 'Champion', true]]));
    const daemon = world.start();
    await daemon.until(() => deals.every((deal) => company.flags(deal).status === 'compliant'));

    org.admin.update(company.contactId('Leaver'), { No_Longer_At_Company__c: true });
    org.admin.update(company.contactId('Bouncer'), { EmailBouncedDate: writeStamp(started.clock.now()) });
    org.admin.update(company.contactId('Mover'), { AccountId: elsewhere });
    org.admin.delete(company.contactId('Deleted'));
    org.admin.update(company.contactId('Stayer'), { Title: 'CFO' });

    const left = deals.slice(0, 4);
    await daemon.until(() => left.every((deal) => company.flags(deal).status === 'warning'));
    expect(left.map((deal) => company.flags(deal).coverage)).toEqual(['0/2', '0/2', '0/2', '0/2']);
    expect(company.flags(deals[4]!).status).toBe('compliant');
    await daemon.stop();
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('count as engaged by a call, a response or a meeting that ends, though none is about the deal (C10)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const deal = quietDeal(started);
    const daemon = world.start();
    await daemon.until(() => company.flags(deal).missing === 'not engaged: economic_buyer; not engaged: champion');

    const max = org.as('max@northwind.example');
    const call = max.insert('Task', { WhoId: company.contactId('Champ'), Subject: 'Call', Status: 'Completed' });
    await daemon.until(() => company.flags(deal).missing === 'not engaged: economic_buyer');

    const meeting = { StartDateTime: writeStamp(clock.now() + HOUR), DurationInMinutes: 60 };
    max.insert('Event', { WhoId: company.contactId('Buyer'), Subject: 'Meeting', ...meeting });
    await daemon.next('poll.completed', ({ object, rows }) => object === 'Event' && rows === 1);
    await daemon.next('idle');
    expect(company.flags(deal).missing).toBe('not engaged: economic_buyer');
    const endsAt = clock.now() + 2 * HOUR;
    clock.set(endsAt);
    await daemon.until(() => company.flags(deal).status === 'compliant');
    expect(clock.now() - endsAt).toBeLessThan(60_000);

    org.admin.delete(call);
    await daemon.until(() => company.flags(deal).missing === 'not engaged: champion');
    const campaign = org.admin.insert('Campaign', { Name: 'Webinar' });
    org.admin.insert('CampaignMember', {
      CampaignId: campaign,
      ContactId: company.contactId('Champ'),
      Status: 'Responded',
    });
    await daemon.until(() => company.flags(deal).status === 'compliant');
    await daemon.stop();
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('stop counting as engaged when that was too long ago, also after Redis has lost everything (C10, XE17)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const deal = quietDeal(started);
    for (const name of ['Champ', 'Buyer']) {
      org.as('max@northwind.example').insert('Task', { WhoId: company.contactId(name), Status: 'Completed' });
    }
    const engagedUntil = clock.now() + 60 * DAY;
    await world.once();
    expect(company.flags(deal).status).toBe('compliant');
    const { redis, prefix } = world.fresh;
    await redis.del(await redis.keys(`${prefix}*`));

    const daemon = world.start();
    await daemon.seen('idle');
    clock.set(engagedUntil);
    await daemon.until(() => company.flags(deal).status === 'warning');

    expect(company.flags(deal).missing).toBe('not engaged: economic_buyer; not engaged: champion');
    expect(clock.now() - engagedUntil).toBeLessThan(60_000);
    await daemon.stop();
  });
});

function atOneAccount(config: Config): Config {
  const roles = config.contact_roles!;
  return { ...config, contact_roles: { ...roles, member: { ...roles.member, same_account: 'require' } } };
}
