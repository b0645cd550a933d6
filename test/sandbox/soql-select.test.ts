import { describe, expect, it } from 'vitest';
import { prepareQuery } from '../../src/sandbox/soql/prepare-query.ts';
import type { StoredRecord } from '../../src/sandbox/types.ts';
import { anOrg, idOf, idsOf, refusalOf, rowsOf } from './soql-org.ts';

const ANN = idOf('005', 1);
const BOSS = idOf('005', 2);
const QUEUE = idOf('00G', 1);
const LEAD = idOf('00Q', 1);
const QUEUED = idOf('00Q', 2);
const DEAL = idOf('006', 1);
const BARE = idOf('006', 2);
const ACCOUNT = idOf('001', 1);
const CONTACT = idOf('003', 1);

const ORG = anOrg({
  User: [
    { Id: ANN, Name: 'Ann Ode', FirstName: 'Ann', Username: 'ann@northwind.example', ManagerId: BOSS, IsActive: true },
    { Id: BOSS, Name: 'Bo Ss', Username: 'bo@northwind.example', IsActive: false },
  ],
  Group: [{ Id: QUEUE, Name: 'Inbound Leads', DeveloperName: 'Inbound_Leads', Type: 'Queue' }],
  Account: [{ Id: ACCOUNT, Name: 'Fjord AS', OwnerId: ANN, BillingCity: 'Oslo', BillingCountry: 'Norway' }],
  Contact: [{ Id: CONTACT, Name: 'Kari Nord', LastName: 'Nord', AccountId: ACCOUNT, Email: 'kari@fjord.example' }],
  Lead: [
    { Id: LEAD, Name: 'Kim Han', LastName: 'Han', Company: 'Hangang', OwnerId: ANN, Status: 'Nurturing' },
    { Id: QUEUED, Name: 'Lee Min', LastName: 'Min', Company: 'Hangang', OwnerId: QUEUE, Status: 'Recycled' },
  ],
  Opportunity: [
    { Id: DEAL, Name: 'Deal', AccountId: ACCOUNT, OwnerId: ANN, StageName: 'Prospecting', Amount: 10 },
    { Id: BARE, Name: 'Bare', AccountId: null, OwnerId: BOSS, StageName: 'Qualification', Amount: null },
  ],
  OpportunityContactRole: [
    { Id: idOf('00K', 1), OpportunityId: DEAL, ContactId: CONTACT, Role: 'Champion', IsPrimary: true },
    { Id: idOf('00K', 2), OpportunityId: DEAL, ContactId: idOf('003', 99), Role: null },
  ],
  Task: [
    { Id: idOf('00T', 1), WhatId: DEAL, WhoId: CONTACT, Subject: 'Call', OwnerId: ANN, IsClosed: false },
    { Id: idOf('00T', 2), WhoId: LEAD, Subject: 'Email', OwnerId: QUEUE, IsClosed: true },
  ],
});

describe('a record as REST shows it', () => {
  it('has its attributes first, the fields as Salesforce spells them, and null for what is not set', () => {
    const [row] = rowsOf(ORG, `select id, name, nextstep, isclosed from opportunity where id = '${DEAL}'`);

    expect(JSON.stringify(row)).toBe(
      JSON.stringify({
        attributes: { type: 'Opportunity', url: `/services/data/v66.0/sobjects/Opportunity/${DEAL}` },
        Id: DEAL,
        Name: 'Deal',
        NextStep: null,
        IsClosed: false,
      }),
    );
  });

  it('gathers the fields of one parent, and shows no parent as null', () => {
    const soql = 'SELECT Account.Name, Name, Account.Owner.Manager.Username, Account.Id FROM Opportunity ORDER BY Id';

    expect(rowsOf(ORG, soql, { scanAll: false, apiVersion: 'v60.0' })).toEqual([
      {
        attributes: { type: 'Opportunity', url: `/services/data/v60.0/sobjects/Opportunity/${DEAL}` },
        Account: {
          attributes: { type: 'Account', url: `/services/data/v60.0/sobjects/Account/${ACCOUNT}` },
          Name: 'Fjord AS',
          Owner: {
            attributes: { type: 'User', url: `/services/data/v60.0/sobjects/User/${ANN}` },
            Manager: {
              attributes: { type: 'User', url: `/services/data/v60.0/sobjects/User/${BOSS}` },
              Username: 'bo@northwind.example',
            },
          },
          Id: ACCOUNT,
        },
        Name: 'Deal',
      },
      {
        attributes: { type: 'Opportunity', url: `/services/data/v60.0/sobjects/Opportunity/${BARE}` },
        Account: null,
        Name: 'Bare',
      },
    ]);
  });

  it('shows a contact that is gone as null behind its id', () => {
    const soql = 'SELECT ContactId, Contact.Email FROM OpportunityContactRole WHERE Role = null';

    expect(rowsOf(ORG, soql)).toMatchObject([{ ContactId: idOf('003', 99), Contact: null }]);
  });

  it('knows an owner as person or queue', () => {
    expect(rowsOf(ORG, 'SELECT Owner.Name, Owner.Type, Owner.Username FROM Lead ORDER BY Id')).toMatchObject([
      {
        Owner: {
          attributes: { type: 'Name', url: `/services/data/v66.0/sobjects/User/${ANN}` },
          Name: 'Ann Ode',
          Type: 'User',
        },
      },
      { Owner: { attributes: { type: 'Name' }, Name: 'Inbound Leads', Type: 'Queue', Username: null } },
    ]);
    expect(idsOf(ORG, "SELECT Id FROM Lead WHERE Owner.Type = 'Queue'")).toEqual([QUEUED]);
    expect(idsOf(ORG, "SELECT Id FROM Task WHERE Who.Type = 'Lead'")).toEqual([idOf('00T', 2)]);
  });

  it('asks each type of owner for its own fields with TYPEOF', () => {
    const soql =
      'SELECT TYPEOF Owner WHEN User THEN Username, Manager.Name WHEN Group THEN DeveloperName END FROM Lead ORDER BY Id';

    expect(rowsOf(ORG, soql)).toMatchObject([
      { Owner: { attributes: { type: 'User' }, Username: 'ann@northwind.example', Manager: { Name: 'Bo Ss' } } },
      { Owner: { attributes: { type: 'Group' }, DeveloperName: 'Inbound_Leads' } },
    ]);
  });

  it('falls back to ELSE in TYPEOF', () => {
    const soql = 'SELECT TYPEOF Owner WHEN Group THEN DeveloperName ELSE Name END FROM Lead ORDER BY Id LIMIT 1';

    expect(rowsOf(ORG, soql)).toMatchObject([{ Owner: { attributes: { type: 'User' }, Name: 'Ann Ode' } }]);
  });

  it('shows children in a result of their own, and none as null', () => {
    const soql =
      'SELECT Id, (SELECT ContactId, Contact.Name, Role FROM OpportunityContactRoles WHERE IsPrimary = true) FROM Opportunity ORDER BY Id';

    expect(rowsOf(ORG, soql)).toMatchObject([
      {
        OpportunityContactRoles: {
          totalSize: 1,
          done: true,
          records: [
            {
              attributes: { type: 'OpportunityContactRole' },
              ContactId: CONTACT,
              Contact: { Name: 'Kari Nord' },
              Role: 'Champion',
            },
          ],
        },
      },
      { Id: BARE, OpportunityContactRoles: null },
    ]);
  });

  it('sorts and limits children', () => {
    const soql = `SELECT (SELECT Role FROM OpportunityContactRoles ORDER BY Role NULLS LAST LIMIT 1) FROM Opportunity WHERE Id = '${DEAL}'`;

    expect(rowsOf(ORG, soql)).toMatchObject([
      { OpportunityContactRoles: { totalSize: 1, records: [{ Role: 'Champion' }] } },
    ]);
  });

  it('nests children', () => {
    const soql =
      'SELECT Name, (SELECT Name, (SELECT Role FROM OpportunityContactRoles WHERE Role != null) FROM Opportunities) FROM Account';

    expect(rowsOf(ORG, soql)).toMatchObject([
      { Opportunities: { records: [{ Name: 'Deal', OpportunityContactRoles: { records: [{ Role: 'Champion' }] } }] } },
    ]);
  });

  it('makes an address of its parts', () => {
    expect(rowsOf(ORG, 'SELECT BillingAddress, ShippingAddress FROM Account')).toMatchObject([
      { BillingAddress: { city: 'Oslo', country: 'Norway', street: null }, ShippingAddress: null },
    ]);
  });

  it.each([
    ['STANDARD', false],
    ['CUSTOM', true],
  ])('takes FIELDS(%s)', (set, isCustom) => {
    const [row] = rowsOf(ORG, `SELECT FIELDS(${set}) FROM Opportunity LIMIT 1`) as readonly Record<string, unknown>[];

    const names = Object.keys(row!).filter((name) => name !== 'attributes');
    expect(names.length).toBeGreaterThan(5);
    expect(names.every((name) => name.endsWith('__c') === isCustom)).toBe(true);
  });

  it('shows the label of a picklist with toLabel', () => {
    expect(rowsOf(ORG, 'SELECT toLabel(Status) FROM Lead ORDER BY Id LIMIT 1')).toMatchObject([
      { Status: 'Nurturing' },
    ]);
  });

  it('is not shown with LIMIT 0', () => {
    expect(rowsOf(ORG, 'SELECT Id FROM Lead LIMIT 0')).toEqual([]);
  });

  it('is one of all when the scope is everything', () => {
    expect(rowsOf(ORG, 'SELECT Id FROM Lead USING SCOPE everything')).toHaveLength(2);
  });

  it('vanishes when it was deleted between two pages', () => {
    const query = prepareQuery('SELECT Id FROM Lead', ORG, { scanAll: false });

    expect(query.render(idOf('00Q', 404))).toBeNull();
  });
});

describe('the order of rows', () => {
  const NAMES = ['b', 'A', null, 'c'];
  const STAGES = ['Negotiation/Review', 'Prospecting', 'Closed Won', 'Qualification'];
  const rows: readonly StoredRecord[] = NAMES.map((NextStep, n) => ({
    Id: idOf('006', n),
    NextStep,
    StageName: STAGES[n]!,
    Amount: n < 2 ? 1 : 2,
  }));
  const org = anOrg({ Opportunity: rows });

  it.each([
    ['text without regard to case, nulls first', 'NextStep', '2103'],
    ['nulls last when told', 'NextStep ASC NULLS LAST', '1032'],
    ['nulls first, also downwards', 'NextStep DESC', '2301'],
    ['picklists as in Setup', 'StageName', '1302'],
    ['several keys', 'Amount DESC, Id DESC', '3210'],
    ['ids as they are spelt', 'Id DESC', '3210'],
  ])('%s', (_, order, expected) => {
    const found = idsOf(org, `SELECT Id FROM Opportunity ORDER BY ${order}`);

    expect(found.map((id) => Number(id.slice(3, 15))).join('')).toBe(expected);
  });

  it('is the same each time, but not that of the ids, among equals', () => {
    const many = anOrg({ Lead: Array.from({ length: 50 }, (_, n) => ({ Id: idOf('00Q', n), Company: 'Same' })) });

    const once = idsOf(many, 'SELECT Id FROM Lead ORDER BY Company');

    expect(idsOf(many, 'SELECT Id FROM Lead ORDER BY Company')).toEqual(once);
    expect([...once].sort()).not.toEqual(once);
    expect(new Set(once).size).toBe(50);
  });

  it('pages with LIMIT and OFFSET', () => {
    const pages = [0, 2, 3, 4].map((offset) =>
      idsOf(org, `SELECT Id FROM Opportunity ORDER BY Id LIMIT 2 OFFSET ${offset}`).map((id) =>
        Number(id.slice(3, 15)),
      ),
    );

    expect(pages).toEqual([[0, 1], [2, 3], [3], []]);
  });
});

describe('aggregates', () => {
  const org = anOrg({
    User: [{ Id: ANN, Name: 'Ann Ode' }],
    Opportunity: [
      { Id: idOf('006', 1), StageName: 'Prospecting', Amount: 10, OwnerId: ANN, CloseDate: '2026-01-05' },
      { Id: idOf('006', 2), StageName: 'Prospecting', Amount: 20, OwnerId: ANN, CloseDate: '2026-02-05' },
      { Id: idOf('006', 3), StageName: 'Closed Won', Amount: null, OwnerId: BOSS, CloseDate: '2025-02-05' },
    ],
  });

  it('counts without rows', () => {
    expect(
      prepareQuery('SELECT COUNT() FROM Opportunity WHERE Amount > 10', org, { scanAll: false }).aggregate(),
    ).toEqual({
      totalSize: 1,
      records: [],
    });
  });

  it('sums up everything in one row, named expr0 and on', () => {
    const soql =
      'SELECT COUNT(Id), COUNT(Amount), SUM(Amount) total, AVG(Amount), MIN(CloseDate), MAX(Amount), COUNT_DISTINCT(StageName) FROM Opportunity';

    expect(rowsOf(org, soql)).toEqual([
      {
        attributes: { type: 'AggregateResult' },
        expr0: 3,
        expr1: 2,
        total: 30,
        expr2: 15,
        expr3: '2025-02-05',
        expr4: 20,
        expr5: 2,
      },
    ]);
  });

  it('gives one row for nothing', () => {
    expect(rowsOf(org, 'SELECT COUNT(Id), SUM(Amount) FROM Opportunity WHERE Amount > 99')).toMatchObject([
      { expr0: 0, expr1: null },
    ]);
  });

  it('groups, filters the groups and sorts them', () => {
    const soql =
      'SELECT StageName, COUNT(Id) n FROM Opportunity GROUP BY StageName HAVING COUNT(Id) > 0 ORDER BY COUNT(Id) DESC';

    expect(rowsOf(org, soql)).toEqual([
      { attributes: { type: 'AggregateResult' }, StageName: 'Prospecting', n: 2 },
      { attributes: { type: 'AggregateResult' }, StageName: 'Closed Won', n: 1 },
    ]);
  });

  it('groups by a path and by a date function', () => {
    const soql =
      'SELECT Owner.Name, CALENDAR_YEAR(CloseDate), COUNT(Id) FROM Opportunity GROUP BY Owner.Name, CALENDAR_YEAR(CloseDate) ORDER BY CALENDAR_YEAR(CloseDate)';

    expect(rowsOf(org, soql)).toMatchObject([
      { Name: null, expr0: 2025, expr1: 1 },
      { Name: 'Ann Ode', expr0: 2026, expr1: 2 },
    ]);
  });

  it('leaves out a group with HAVING NOT', () => {
    const soql = 'SELECT StageName FROM Opportunity GROUP BY StageName HAVING NOT COUNT(Id) > 1';

    expect(rowsOf(org, soql)).toMatchObject([{ StageName: 'Closed Won' }]);
  });

  it('has no second page', () => {
    const many = anOrg({ Lead: Array.from({ length: 2001 }, (_, n) => ({ Id: idOf('00Q', n), Company: `C${n}` })) });

    expect(refusalOf(many, 'SELECT Company, COUNT(Id) FROM Lead GROUP BY Company').code).toBe('EXCEEDED_ID_LIMIT');
    expect(rowsOf(many, 'SELECT Company, COUNT(Id) FROM Lead GROUP BY Company LIMIT 2000')).toHaveLength(2000);
  });
});

describe('what a query is refused for', () => {
  it.each([
    ['an unknown object', 'SELECT Id FROM Opportunty', 'INVALID_TYPE', "sObject type 'Opportunty' is not supported."],
    ['an unknown field', 'SELECT Id, Foo FROM Lead', 'INVALID_FIELD', "No such column 'Foo' on entity 'Lead'."],
    [
      'a field that the entity Name has not',
      'SELECT Owner.DeveloperName FROM Lead',
      'INVALID_FIELD',
      "on entity 'Name'",
    ],
    [
      'an unknown child relationship',
      'SELECT (SELECT Id FROM Roles) FROM Opportunity',
      'INVALID_TYPE',
      "Didn't understand relationship 'Roles' in FROM part",
    ],
    ['a field selected twice', 'SELECT Id, id FROM Lead', 'MALFORMED_QUERY', 'duplicate field selected: Id'],
    [
      'an alias outside of groups',
      'SELECT Name n FROM Lead',
      'MALFORMED_QUERY',
      'only aggregate expressions use field aliasing',
    ],
    [
      'six levels up',
      'SELECT Account.Parent.Parent.Parent.Parent.Parent.Name FROM Opportunity',
      'INVALID_FIELD',
      'exceeds 5 levels',
    ],
    [
      'sorting by long text',
      'SELECT Id FROM Lead ORDER BY Description',
      'MALFORMED_QUERY',
      "field 'Description' can not be sorted in a query call",
    ],
    [
      'grouping by an amount',
      'SELECT COUNT(Id) FROM Opportunity GROUP BY Amount',
      'MALFORMED_QUERY',
      "field 'Amount' can not be grouped in a query call",
    ],
    [
      'a field outside of the groups',
      'SELECT Name, COUNT(Id) FROM Lead GROUP BY Company',
      'MALFORMED_QUERY',
      'Field must be grouped or aggregated: Name',
    ],
    [
      'an aggregate beside a bare field',
      'SELECT Name, COUNT(Id) FROM Lead',
      'MALFORMED_QUERY',
      'Field must be grouped or aggregated: Name',
    ],
    [
      'a sum of names',
      'SELECT SUM(Name) FROM Lead',
      'MALFORMED_QUERY',
      'field Name does not support aggregate operator SUM',
    ],
    ['COUNT() beside a field', 'SELECT COUNT(), Id FROM Lead', 'MALFORMED_QUERY', 'COUNT() must be the only element'],
    ['LIMIT on a total', 'SELECT COUNT(Id) FROM Lead LIMIT 5', 'MALFORMED_QUERY', 'cannot also use LIMIT'],
    [
      'two groups of one name',
      'SELECT Name, Account.Name FROM Contact GROUP BY Name, Account.Name',
      'MALFORMED_QUERY',
      'duplicate alias: Name',
    ],
    ['ROLLUP', 'SELECT Company FROM Lead GROUP BY ROLLUP(Company)', 'MALFORMED_QUERY', 'ROLLUP'],
    ['an OFFSET above 2,000', 'SELECT Id FROM Lead LIMIT 1 OFFSET 2001', 'NUMBER_OUTSIDE_VALID_RANGE', '2000'],
    ['FIELDS(ALL) without LIMIT', 'SELECT FIELDS(ALL) FROM Lead', 'MALFORMED_QUERY', 'LIMIT of at most 200'],
    [
      'FIELDS(ALL) with a greater LIMIT',
      'SELECT FIELDS(ALL) FROM Lead LIMIT 201',
      'MALFORMED_QUERY',
      'LIMIT of at most 200',
    ],
    [
      'TYPEOF of a plain lookup',
      'SELECT TYPEOF Account WHEN Account THEN Id END FROM Contact',
      'MALFORMED_QUERY',
      'not polymorphic',
    ],
    ['FOR UPDATE', 'SELECT Id FROM Lead FOR UPDATE', 'MALFORMED_QUERY', "unexpected token: 'FOR'"],
    ['WITH', 'SELECT Id FROM Lead WITH SECURITY_ENFORCED', 'MALFORMED_QUERY', "unexpected token: 'WITH'"],
    ['a scope', 'SELECT Id FROM Lead USING SCOPE mine', 'INVALID_QUERY_SCOPE', 'mine'],
    ['a function that is not supported', 'SELECT FORMAT(Amount) FROM Opportunity', 'MALFORMED_QUERY', 'FORMAT(Amount)'],
    [
      'a semi-join in a child query',
      'SELECT (SELECT Id FROM Opportunities WHERE Id IN (SELECT OpportunityId FROM OpportunityContactRole)) FROM Account',
      'MALFORMED_QUERY',
      'top level',
    ],
    [
      'LIMIT before ORDER BY',
      'SELECT Id FROM Lead LIMIT 5 ORDER BY Id',
      'MALFORMED_QUERY',
      "unexpected token: 'ORDER BY'",
    ],
    ['no SOQL at all', 'DELETE FROM Lead', 'MALFORMED_QUERY', "unexpected token: 'DELETE'"],
    ['nothing', '', 'MALFORMED_QUERY', "unexpected token: '<EOF>'"],
  ])('%s', (_, soql, code, message) => {
    const refusal = refusalOf(ORG, soql);

    expect(refusal.code).toBe(code);
    expect(refusal.message).toContain(message);
  });

  it('shows the unknown type as it was recorded', () => {
    expect(refusalOf(ORG, 'select count() from XYZZY').message).toBe(
      "\nselect count() from XYZZY\n                    ^\nERROR at Row:1:Column:21\nsObject type 'XYZZY' is not supported. If you are " +
        "attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your " +
        'WSDL or the describe call for the appropriate names.',
    );
  });
});
