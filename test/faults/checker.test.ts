import { describe, expect, it } from 'vitest';

import { signIn, type Client } from '../sandbox/sandbox-client.ts';
import { startCompany, type CompanyWorld } from '../support/company-world.ts';
import { WITHOUT_BUYER } from '../support/company.ts';
import { findViolations } from './checker.ts';

const OURS = { 'Sforce-Auto-Assign': 'FALSE', 'user-agent': 'rolecall' };

type Sin = (world: CompanyWorld, client: Client) => Promise<void>;

async function write(client: Client, method: string, object: string, records: readonly object[], headers = OURS) {
  const typed = records.map((record) => ({ attributes: { type: object }, ...record }));
  await client.send(method, '/composite/sobjects', { allOrNone: false, records: typed }, headers);
}

async function look(client: Client, object: string, id: string): Promise<void> {
  await client.get(`/query?q=${encodeURIComponent(`SELECT Id FROM ${object} WHERE Id IN ('${id}')`)}`, OURS);
}

/** What a worse daemon might do, and what the checker says of it. */
const SINS: readonly (readonly [name: string, sin: Sin, line: RegExp])[] = [
  [
    'takes a lead from its owner',
    async ({ company, clock }, client) => {
      const id = company.lead({ OwnerId: company.userId('kim') });
      clock.advance(60);
      await write(client, 'PATCH', 'Lead', [{ id, OwnerId: company.userId('ron') }]);
    },
    /^I2 .*belonged to/,
  ],
  [
    'makes two tasks of one episode',
    async ({ company, org }, client) => {
      const id = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
      const task = { WhatId: id, Subject: 'x', Rolecall_Key__c: `contact-roles:${id}:1` };
      await write(client, 'POST', 'Task', [task]);
      org.admin.purge(company.tasks(id)[0]!.id);
      await write(client, 'POST', 'Task', [task]);
    },
    /^I4 .*2 tasks of contact-roles/,
  ],
  [
    'makes a second task about a deal while the first is open',
    async ({ company }, client) => {
      const id = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
      for (const episode of [1, 2]) {
        await write(client, 'POST', 'Task', [
          { WhatId: id, Subject: 'x', Rolecall_Key__c: `contact-roles:${id}:${episode}` },
        ]);
      }
    },
    /^I5 /,
  ],
  [
    'gives a lead to one person and then to another',
    async ({ company, org }, client) => {
      const id = company.lead();
      await write(client, 'PATCH', 'Lead', [{ id, OwnerId: company.userId('ron') }]);
      org.admin.update(id, { OwnerId: company.queueId('Inbound_Leads') });
      await write(client, 'PATCH', 'Lead', [{ id, OwnerId: company.userId('kim') }]);
    },
    /^I6 .*given away 2 times/,
  ],
  [
    'writes what it has read long ago over what a person has changed',
    async ({ company, org, clock }, client) => {
      const id = company.lead();
      await look(client, 'Lead', id);
      clock.advance(60);
      org.admin.update(id, { Country: 'Italy' });
      clock.advance(60);
      await write(client, 'PATCH', 'Lead', [{ id, Territory__c: 'emea/nordics' }]);
    },
    /^I10 .*as it stood before a person/,
  ],
  [
    'writes a record again and again',
    async ({ company }, client) => {
      const id = company.lead();
      for (let time = 0; time < 6; time++)
        await write(client, 'PATCH', 'Lead', [{ id, MQL_Reason__c: `time ${time}` }]);
    },
    /^I12 /,
  ],
  [
    'makes a task before its episode stands',
    async ({ company }, client) => {
      const id = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
      await write(client, 'POST', 'Task', [{ WhatId: id, Subject: 'x', Rolecall_Key__c: `contact-roles:${id}:1` }]);
    },
    /^I16 .*before its episode/,
  ],
  [
    'flags a violation and makes no task',
    async ({ company }, client) => {
      const id = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
      await write(client, 'PATCH', 'Opportunity', [
        { id, Contact_Role_Status__c: 'violation', Rolecall_Episode__c: 1 },
      ]);
    },
    /^I16 .*has no task/,
  ],
  [
    'sends a task again without looking whether it is there',
    async ({ company }, client) => {
      const id = company.lead();
      const task = { WhoId: id, Subject: 'x', Rolecall_Key__c: `handoff:${id}:1` };
      await write(client, 'POST', 'Task', [task]);
      await write(client, 'POST', 'Task', [task]);
    },
    /^I24 .*without a look/,
  ],
  [
    'forgets the header that keeps the assignment rule off',
    async ({ company }, client) => {
      await write(client, 'PATCH', 'Lead', [{ id: company.lead(), MQL__c: true }], {
        ...OURS,
        'Sforce-Auto-Assign': 'TRUE',
      });
    },
    /^I26 .*Lead without Sforce-Auto-Assign: FALSE/,
  ],
  [
    'writes a field that is not its own',
    async ({ company }, client) => {
      await write(client, 'PATCH', 'Lead', [{ id: company.lead(), Title: 'CEO' }]);
    },
    /^I26 .*Lead\.Title is not ours/,
  ],
  [
    'adds a contact role',
    async ({ company }, client) => {
      const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
      const role = { OpportunityId: deal, ContactId: company.contactId('d'), Role: 'Economic Buyer' };
      await write(client, 'POST', 'OpportunityContactRole', [role]);
    },
    /^C16 .*create of a contact role/,
  ],
];

describe.concurrent('the checker tells when a daemon', () => {
  it.each(SINS)('%s', async (_, sin, line) => {
    await using started = await startCompany();
    const client = await signIn(started.sandbox);

    await sin(started, client);

    expect(findViolations(started.sandbox)).toContainEqual(expect.stringMatching(line));
  });
});
