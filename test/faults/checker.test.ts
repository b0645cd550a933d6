import { describe, expect, it } from 'vitest';

import type { LoggedRequest } from '../../src/sandbox/request-log.ts';
import { signIn, type Client } from '../sandbox/sandbox-client.ts';
import { startCompany, type CompanyWorld } from '../support/company-world.ts';
import { WITHOUT_BUYER } from '../support/company.ts';
import { findViolations } from './checker.ts';
import { EXAMPLE_IN_FORCE, type DesiredConfig } from './desired-config.ts';
import type { Scenario } from './scenario.ts';

const OURS = { 'Sforce-Auto-Assign': 'FALSE', 'user-agent': 'rolecall' };

/** @returns what the log cannot tell of it, where that depends on the org */
type Sin = (world: CompanyWorld, client: Client) => Promise<Scenario | undefined | void>;

async function write(client: Client, method: string, object: string, records: readonly object[], headers = OURS) {
  const typed = records.map((record) => ({ attributes: { type: object }, ...record }));
  await client.send(method, '/composite/sobjects', { allOrNone: false, records: typed }, headers);
}

async function look(client: Client, object: string, id: string): Promise<void> {
  await client.get(`/query?q=${encodeURIComponent(`SELECT Id FROM ${object} WHERE Id IN ('${id}')`)}`, OURS);
}

/** Reads a lead or a deal as one reads it to decide. */
async function study(client: Client, id: string): Promise<void> {
  const soql = id.startsWith('00Q')
    ? `SELECT Id, Country FROM Lead WHERE Id IN ('${id}')`
    : `SELECT Id FROM OpportunityContactRole WHERE OpportunityId IN ('${id}')`;
  await client.get(`/query?q=${encodeURIComponent(soql)}`, OURS);
}

/** Enters a request that the org never saw: what a client of the tests cannot well do. */
function forge({ sandbox }: CompanyWorld, request: Partial<LoggedRequest>): void {
  const plain: LoggedRequest = {
    receivedAt: sandbox.clock.now(),
    kind: 'query',
    method: 'GET',
    path: '/services/data/v66.0/query?q=SELECT Id FROM Lead',
    headers: OURS,
    body: null,
    arrivedAt: 0,
    leftAt: 1,
    changes: [],
    committedAt: null,
    status: 200,
    isCut: false,
    isForged: false,
    nextPage: null,
    refusals: [],
    defect: null,
  };
  sandbox.log.add({ ...plain, ...request });
}

function pollOf(object: string, from: string, until: string): Partial<LoggedRequest> {
  const where = `SystemModstamp >= ${from} AND SystemModstamp < ${until}`;
  return { path: `/services/data/v66.0/query?q=SELECT Id FROM ${object} WHERE ${where} ORDER BY SystemModstamp, Id` };
}

/** A configuration that asks for a sponsor from the first stage on, and gives the north to others. */
const OTHER: DesiredConfig = otherThan(EXAMPLE_IN_FORCE[0]!.config);

function otherThan({ stages: [first, ...later] }: DesiredConfig): DesiredConfig {
  return { stages: [{ ...first!, require: ['exec_sponsor'] }, ...later], nordics: 'emea-general' };
}

const NOBODY_THERE = { Contact_Role_Coverage__c: '0/2', Missing_Contact_Roles__c: 'contacts 0/1; primary' };

const LIMIT = { code: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.', part: null, row: null };

/** What a worse daemon might do, and what the checker says of it. */
const SINS: readonly (readonly [name: string, sin: Sin, line: RegExp, scenario?: Scenario])[] = [
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
    'writes a record again and again, however often people change others',
    async ({ company, org }, client) => {
      const [id, other] = [company.lead(), company.lead({ LastName: 'Other' })];
      for (const title of ['CEO', 'CFO', 'COO']) org.admin.update(other, { Title: title });
      for (let time = 0; time < 6; time++)
        await write(client, 'PATCH', 'Lead', [{ id, MQL_Reason__c: `time ${time}` }]);
    },
    /^I12 .*written 6 times, 4 are many/,
  ],
  [
    'writes a deal more often than its people change it',
    async ({ company, org }, client) => {
      const [id, other] = [company.opportunity('Qualification', []), company.opportunity('Qualification', [])];
      const contact = company.contactId('a');
      for (const deal of [id, other, other]) company.addRole(deal, ['a', 'Champion']);
      org.as('max@northwind.example').insert('Task', { WhoId: contact, WhatId: id, Status: 'Completed', Subject: 'x' });
      for (let time = 0; time < 9; time++)
        await write(client, 'PATCH', 'Opportunity', [{ id, Contact_Role_Coverage__c: `${time}/9` }]);
    },
    /^I12 .*written 9 times, 8 are many/,
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
    'leaves a lead with nobody',
    async ({ company }) => void company.lead(),
    /^I1 .*Hansen should be qualified: its owner is Inbound_Leads/,
    { isJudged: true },
  ],
  [
    'leaves a deal without its flag',
    async ({ company }) => void company.opportunity('Proposal/Price Quote', WITHOUT_BUYER),
    /^I3 .*not warning or violation 4\/5 economic_buyer/,
    { isJudged: true },
  ],
  [
    'would give a lead to another person at the second attempt',
    async ({ company, org, clock }, client) => {
      const [id, other] = [company.lead(), company.lead({ LastName: 'Other' })];
      clock.advance(60);
      await study(client, id);
      const release = org.hold(id);
      await write(client, 'PATCH', 'Lead', [{ id, OwnerId: company.userId('ron') }]);
      release();
      org.admin.update(other, { Country: 'Italy' });
      await write(client, 'PATCH', 'Lead', [{ id, OwnerId: company.userId('kim') }]);
    },
    /^I7 .*was to go to/,
  ],
  [
    'gives all turns of a pool to one of its members',
    async ({ company }, client) => {
      for (const turn of [1, 2, 3, 4, 5, 6]) {
        const id = company.lead({ Country: 'France' });
        const turnOf = { Rolecall_Turn__c: `emea-general:00000000${turn}` };
        await write(client, 'PATCH', 'Lead', [{ id, OwnerId: company.userId('kim'), ...turnOf }]);
      }
    },
    /^I8 .*kim@northwind.example got 6 of 6 turns of emea-general, due 3/,
    { isJudged: true },
  ],
  [
    'skips turns',
    async ({ company }, client) => {
      const turn = { Rolecall_Turn__c: 'nordics:000000007' };
      await write(client, 'PATCH', 'Lead', [{ id: company.lead(), OwnerId: company.userId('ron'), ...turn }]);
    },
    /^I9 .*6 turns of nordics were skipped/,
    { isJudged: true },
  ],
  [
    'writes where nothing happens any more',
    async ({ company }, client) => {
      await write(client, 'PATCH', 'Lead', [{ id: company.lead(), MQL__c: true }]);
    },
    /^I11 .*MQL__c/,
    { quietFrom: 0 },
  ],
  [
    'writes on when it was told that a record is gone',
    async ({ company, org }, client) => {
      const id = company.lead();
      org.admin.delete(id);
      await write(client, 'PATCH', 'Lead', [{ id, MQL__c: true }]);
      await write(client, 'PATCH', 'Lead', [{ id, MQL__c: true }]);
    },
    /^I13 .*after ENTITY_IS_DELETED/,
  ],
  [
    'writes the loser of a merge',
    async ({ company, org, clock }, client) => {
      const [master, loser] = [company.lead(), company.lead({ LastName: 'Loser' })];
      org.admin.merge(master, [loser]);
      clock.advance(60);
      await write(client, 'PATCH', 'Lead', [{ id: loser, MQL__c: true }]);
    },
    /^I14 .*merged away/,
  ],
  [
    'tries a converted lead twice',
    async ({ company, org, clock }, client) => {
      const id = company.lead();
      org.as('kim@northwind.example').convertLead(id, { opportunityName: null });
      clock.advance(60);
      for (const at of [1, 2]) await write(client, 'PATCH', 'Lead', [{ id, MQL_Reason__c: `time ${at}` }]);
    },
    /^I15 .*was tried 2 times/,
  ],
  [
    'gives up a page',
    async (world) => {
      const nextPage = '/services/data/v66.0/query/01g-500';
      forge(world, { ...pollOf('Lead', '2026-10-01T00:00:00Z', '2026-11-24T10:00:00Z'), nextPage });
      forge(world, { kind: 'query-more', path: nextPage, isCut: true });
      forge(world, pollOf('Opportunity', '2026-10-01T00:00:00Z', '2026-11-24T10:00:00Z'));
    },
    /^I17 .*was given up/,
  ],
  [
    'never reads what has changed',
    async ({ company }) => void company.opportunity('Prospecting', []),
    /^I18 .*was in no window/,
    { isJudged: true },
  ],
  [
    'has read a record for the last time before a person changed it, and then only changes it',
    async (world, client) => {
      const { company, org, clock } = world;
      const id = company.lead();
      clock.advance(60);
      forge(world, pollOf('Lead', '2026-11-24T09:00:00Z', '2026-11-24T10:00:30Z'));
      org.admin.update(id, { Country: 'Italy' });
      clock.advance(60);
      await write(client, 'PATCH', 'Lead', [{ id, MQL__c: true }]);
    },
    /^I18 .*Lead .*was in no window/,
    { isJudged: true },
  ],
  [
    'reads too late',
    async (world) => {
      world.company.lead();
      world.clock.advance(301);
      forge(world, pollOf('Lead', '2026-11-24T09:00:00Z', '2026-11-24T10:05:00Z'));
    },
    /^I18 .*Lead .*was in no window/,
    { isJudged: true, timedUntil: Number.POSITIVE_INFINITY },
  ],
  [
    'never asks which roles were deleted',
    async ({ company, org }) => {
      const id = company.opportunity('Qualification', [['a', 'Champion']]);
      org.admin.delete(company.roleOf(id, 'a'));
    },
    /^I18 .*OpportunityContactRole .*was in no window/,
    { isJudged: true },
  ],
  [
    'leaves a gap between two windows',
    async (world) => {
      forge(world, pollOf('Lead', '2026-10-01T00:00:00Z', '2026-11-24T09:00:00Z'));
      forge(world, pollOf('Lead', '2026-11-24T09:10:00Z', '2026-11-24T09:20:00Z'));
    },
    /^I19 .*after a gap/,
  ],
  [
    'polls by a clock that is fast',
    async (world) => forge(world, pollOf('Lead', '2026-10-01T00:00:00Z', '2026-11-24T10:10:00Z')),
    /^I19 .*in the org's future/,
  ],
  [
    'asks for every record by itself',
    async (world) => {
      for (let call = 0; call < 100; call++) forge(world, {});
    },
    /^I20 .*calls/,
    { isFaultless: true },
  ],
  [
    'goes on asking when no calls are left',
    async (world) => {
      forge(world, { status: 403, refusals: [LIMIT] });
      for (const minute of [1, 2, 3, 4, 5])
        forge(world, { status: 403, refusals: [LIMIT], arrivedAt: minute * 60_000 });
    },
    /^I21 .*5 calls in a quarter of an hour/,
    { haste: 1 },
  ],
  [
    'calls too often at once',
    async (world) => {
      for (let call = 0; call < 6; call++) forge(world, {});
    },
    /^I22 .*6 calls at once/,
  ],
  [
    'sends again at once what was refused by the edge',
    async (world) => {
      for (let call = 0; call < 3; call++) forge(world, { status: 503, arrivedAt: call * 10, leftAt: call * 10 + 5 });
    },
    /^I23 .*sent again after 5 ms/,
    { haste: 1 },
  ],
  [
    'asks for a token again and again',
    async (world) => {
      for (let call = 0; call < 3; call++) {
        forge(world, { kind: 'token', method: 'POST', path: '/services/oauth2/token' });
        forge(world, {});
      }
    },
    /^I25 .*tokens/,
  ],
  [
    'lets a value into the structure of a query',
    async (world) => {
      const soql = String.raw`SELECT Id FROM Lead WHERE LastName = 'O'Brien' AND IsDeleted = false`;
      forge(world, { path: `/services/data/v66.0/query?q=${soql}` });
    },
    /^I27 .*O'Brien/,
  ],
  [
    'tries for ever what a rule refuses',
    async ({ company, sandbox }, client) => {
      const id = company.lead();
      const refusal = { kind: 'refuse-rows', code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'no' } as const;
      sandbox.faults.add({ when: { kind: 'collection' }, do: refusal });
      for (let time = 0; time < 9; time++) await write(client, 'PATCH', 'Lead', [{ id, MQL__c: true }]);
    },
    /^I28 .*tried 9 times in vain, 8 are many/,
  ],
  [
    'flags by a configuration that has been replaced',
    async ({ company, clock }, client) => {
      const id = company.opportunity('Qualification', []);
      clock.advance(60);
      await study(client, id);
      await write(client, 'PATCH', 'Opportunity', [
        { id, Contact_Role_Status__c: 'warning', Missing_Contact_Roles__c: 'contacts 0/1; primary' },
      ]);
      return { configs: [...EXAMPLE_IN_FORCE, { since: clock.now() - 11_000, config: OTHER }] };
    },
    /^I30 .*contacts 0\/1; primary", which no configuration of that time asks for/,
  ],
  [
    'flags by a configuration that was never in force',
    async ({ company, clock }, client) => {
      const id = company.opportunity('Qualification', []);
      clock.advance(60);
      await study(client, id);
      await write(client, 'PATCH', 'Opportunity', [
        { id, Contact_Role_Status__c: 'warning', Missing_Contact_Roles__c: 'contacts 0/1; primary; exec_sponsor' },
      ]);
    },
    /^I30 .*exec_sponsor", which no configuration of that time asks for/,
  ],
  [
    'leaves the flags of the configuration before',
    async ({ company, clock }) => {
      company.opportunity('Qualification', [], { Contact_Role_Status__c: 'warning', ...NOBODY_THERE });
      return { configs: [...EXAMPLE_IN_FORCE, { since: clock.now(), config: OTHER }] };
    },
    /^I3 .*not warning or violation 0\/3 contacts 0\/1; primary; exec_sponsor/,
    { isJudged: true },
  ],
  [
    'gives a lead to whom the configuration before gave it',
    async ({ company, clock }, client) => {
      const since = clock.now() - 11_000;
      const given = { MQL__c: true, Territory__c: 'emea/nordics' };
      await write(client, 'PATCH', 'Lead', [{ id: company.lead(), OwnerId: company.userId('ron'), ...given }]);
      return { configs: [...EXAMPLE_IN_FORCE, { since, config: OTHER }] };
    },
    /^I1 .*its owner is ron@northwind.example, not one of kim@northwind.example, lee@northwind.example/,
    { isJudged: true },
  ],
  [
    'writes by a decision that is older than what it replaces',
    async ({ company, org, clock }, client) => {
      const [id, other] = [company.lead({ Country: null }), company.lead({ LastName: 'Other' })];
      await write(client, 'PATCH', 'Lead', [{ id, MQL_Reason__c: 'one' }]);
      org.admin.update(id, { Country: 'Norway' });
      clock.advance(60);
      await study(client, id);
      await write(client, 'PATCH', 'Lead', [{ id, MQL_Reason__c: 'two' }]);
      org.admin.update(other, { Country: 'Italy' });
      await write(client, 'PATCH', 'Lead', [{ id, MQL_Reason__c: 'one' }]);
    },
    /^I36 .*went back to an earlier value/,
  ],
  [
    'writes by what it has read before a change that another replica has seen',
    async ({ company, org, clock, sandbox }, client) => {
      const id = company.lead();
      const other = await signIn(sandbox);
      await study(client, id);
      clock.advance(1);
      org.admin.update(id, { Country: 'Italy' });
      clock.advance(1);
      await study(other, id);
      await write(other, 'PATCH', 'Lead', [{ id, MQL_Reason__c: 'new' }]);
      await write(client, 'PATCH', 'Lead', [{ id, MQL_Reason__c: 'old' }]);
    },
    /^I36 .*older than the write before/,
  ],
  [
    'takes its time',
    async ({ company, clock }, client) => {
      const asked = [{ id: company.lead(), at: clock.now() }];
      clock.advance(60);
      await write(client, 'PATCH', 'Lead', [{ id: asked[0]!.id, MQL__c: true }]);
      return { asked };
    },
    /^I37 .*waited too long/,
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
  it.each(SINS.map(([name, sin, line, scenario]) => ({ name, sin, line, scenario })))(
    '$name',
    async ({ sin, line, scenario }) => {
      await using started = await startCompany();
      const client = await signIn(started.sandbox);

      const told = await sin(started, client);

      expect(findViolations(started.sandbox, { ...scenario, ...told })).toContainEqual(expect.stringMatching(line));
    },
  );
});

it('the checker takes a query that goes on behind a lost page for a part of its window (I19)', async () => {
  await using started = await startCompany();
  forge(started, pollOf('Lead', '2026-11-24T09:00:00Z', '2026-11-24T09:10:00Z'));
  forge(started, { ...pollOf('Lead', '2026-11-24T09:10:00Z', '2026-11-24T09:50:00Z'), isCut: true });
  const where =
    "(SystemModstamp > 2026-11-24T09:40:00Z OR (SystemModstamp = 2026-11-24T09:40:00Z AND Id > '00QbX0000001KP3UAM'))";
  const until = 'SystemModstamp < 2026-11-24T09:50:00Z';
  const soql = `SELECT Id FROM Lead WHERE ${where} AND ${until} ORDER BY SystemModstamp, Id`;
  forge(started, { path: `/services/data/v66.0/query?q=${soql}` });

  expect(findViolations(started.sandbox)).toEqual([]);
});
