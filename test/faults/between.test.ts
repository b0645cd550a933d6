import { expect, it } from 'vitest';

import { duplicateRule } from '../../src/sandbox/customer-rules.ts';
import type { LoggedRequest } from '../../src/sandbox/request-log.ts';
import { startCompany } from '../support/company-world.ts';
import { WITHOUT_BUYER } from '../support/company.ts';
import { findViolations } from './checker.ts';
import { writesIn } from './fault-world.ts';
import { attemptsIn } from './request-facts.ts';

/** Whether the request writes such a field, or makes such a record. */
function writes({ kind, body }: LoggedRequest, text: string): boolean {
  return (kind === 'collection' || kind === 'composite') && JSON.stringify(body).includes(text);
}

it('leads that are converted, merged, deleted or refused as duplicates between read and write end there, the others go on (FM 17, FM 18, FM 29, FM 58)', async () => {
  await using started = await startCompany();
  const { world, company, org, sandbox } = started;
  const kim = org.as('kim@northwind.example');
  const master = company.lead({ LastName: 'Master', Status: 'Working - Contacted', OwnerId: kim.userId });
  const [converted, merged, deleted, twin, odd] = ['Converted', 'Merged', 'Deleted', 'Twin', "O'Hara\\"].map(
    (LastName, index) =>
      company.lead({ LastName, Company: `Back\\slash' OR Name != '${index}\\`, Email: `${index}'\\@odd.example` }),
  ) as [string, string, string, string, string];
  org.addRule(duplicateRule('Lead', (lead, before) => before !== null && lead['LastName'] === 'Twin'));
  sandbox.hooks.onRequest = (request) => {
    if (!writes(request, '"OwnerId"')) return;
    sandbox.hooks.onRequest = null;
    kim.convertLead(converted, { opportunityName: null });
    kim.merge(master, [merged]);
    kim.delete(deleted);
  };

  await world.once();
  await world.once();

  const ended = [converted, merged, deleted, twin];
  const attempts = attemptsIn(sandbox.log.entries);
  expect(ended.map((lead) => attempts.filter(({ id }) => id === lead).length)).toEqual(ended.map(() => 1));
  expect([...ended, master].flatMap((lead) => company.tasks(lead))).toEqual([]);
  const dead = await world.fresh.redis.hvals(`${world.fresh.prefix}:dead-letters`);
  expect(dead.map((letter) => JSON.parse(letter) as unknown)).toMatchObject([
    { record_id: twin, code: 'DUPLICATES_DETECTED' },
  ]);
  expect(company.ownerOf(odd)).toBe('ron');
  expect(company.ownerOf(master)).toBe('kim');
  expect(findViolations(sandbox)).toEqual([]);
});

it('a task that somebody else has made meanwhile is ours, and ids that differ by case only are two (FM 19, FM 21, FM 23)', async () => {
  await using started = await startCompany();
  const { world, company, org, sandbox } = started;
  const deals = ['006Rc00000AbCdE', '006Rc00000aBcDe'].map((Id) =>
    company.opportunity('Proposal/Price Quote', WITHOUT_BUYER, { Id }),
  );
  const lead = company.lead();
  let ours = 0;
  sandbox.hooks.onRequest = (request) => {
    if (request.method !== 'POST' || !writes(request, 'contact-roles:')) return;
    for (const { fields } of attemptsIn([request])) {
      // A replica that was cut off for a while sends the same.
      org.as(sandbox.username).insert('Task', fields);
      ours++;
    }
  };
  sandbox.hooks.afterCommit = (request) => {
    if (!writes(request, '"Rolecall_Turn__c"')) return;
    sandbox.hooks.afterCommit = null;
    org.as('ron@northwind.example').convertLead(lead, { opportunityName: null });
  };

  const events = await world.once();

  expect(ours).toBe(2);
  const keys = deals.flatMap((deal) => company.tasks(deal).map(({ key }) => key));
  expect(new Set(keys.map((key) => key.toLowerCase())).size).toBe(2);
  expect(company.tasks(lead)).toEqual([]);
  const rejected = events.filter(({ event }) => event === 'write.rejected');
  expect(rejected).toMatchObject([{ record_id: lead, code: 'CANNOT_UPDATE_CONVERTED_LEAD' }]);
  expect(await world.fresh.redis.hlen(`${world.fresh.prefix}:dead-letters`)).toBe(0);
  expect(findViolations(sandbox)).toEqual([]);
  expect(writesIn(await world.once())).toEqual([]);
});

it('an edit that comes while its deal is in work is decided after it, on what it says (FM 47)', async () => {
  await using started = await startCompany();
  const { world, company, org, sandbox } = started;
  const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
  const daemon = world.start();
  sandbox.hooks.afterCommit = async (request) => {
    if (!writes(request, 'Contact_Role_Status__c')) return;
    sandbox.hooks.afterCommit = null;
    org.as('max@northwind.example').update(deal, { StageName: 'Needs Analysis' });
    // The batch is not over before the edit has been read and queued.
    await daemon.next('poll.completed', ({ object, rows }) => object === 'Opportunity' && rows > 0);
  };

  await daemon.until(() => company.flags(deal).status === 'compliant');
  await daemon.stop();

  expect(company.tasks(deal)).toEqual([]);
  await world.once();
  expect(findViolations(sandbox)).toEqual([]);
});
