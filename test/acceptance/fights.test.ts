import { describe, expect, it } from 'vitest';

import { startCompany } from '../support/company-world.ts';
import { WITHOUT_BUYER } from '../support/company.ts';

describe('a flag that a person changes back each time (F34)', () => {
  it('is written three times, then left alone for a day, while the other flags go on; one alert names the person', async () => {
    await using started = await startCompany();
    const { world, company, org, clock, sandbox } = started;
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    const run = () => world.once({ variables: { LEADS_WEBHOOK: 'http://127.0.0.1:9/nobody' } });
    const kim = org.as('kim@northwind.example');
    const writesOfStatus = (): number =>
      sandbox.log.entries.filter(
        ({ method, body }) => method === 'PATCH' && /Role_Status__c/.test(JSON.stringify(body)),
      ).length;

    for (let times = 0; times < 4; times++) {
      await run();
      clock.advance(30);
      kim.update(deal, { Contact_Role_Status__c: 'exempt' });
    }
    await run();

    expect(writesOfStatus()).toBe(3);
    expect(company.flags(deal).status).toBe('exempt');
    const fights = world.events.filter(({ event, result }) => event === 'decision' && result === 'fight');
    const by = kim.userId;
    expect(fights).toMatchObject([
      {
        module: 'contact_roles',
        record_id: deal,
        fields: ['Contact_Role_Status__c'],
        other_user_id: by,
        findings: ['fight'],
      },
    ]);
    expect(await world.fresh.redis.zcard(`${world.fresh.prefix}:alerts:told`)).toBe(1);

    company.addRole(deal, ['d', 'Economic Buyer']);
    await run();
    expect(company.flags(deal)).toMatchObject({ status: 'exempt', missing: null });

    // The day is over: the timer asks again, though nobody has touched the deal.
    clock.advance(24 * 3_600);
    await run();
    expect(company.flags(deal).status).toBe('compliant');
  });
});
