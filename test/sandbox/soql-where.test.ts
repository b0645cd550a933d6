import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredRecord } from '../../src/sandbox/types.ts';
import { anOrg, idOf, idsOf, refusalOf, rowsOf } from './soql-org.ts';

const A = idOf('006', 1);
const B = idOf('006', 2);
const C = idOf('006', 3);
const D = idOf('006', 4);

const NAMES: Readonly<Record<string, string>> = { [A]: 'A', [B]: 'B', [C]: 'C', [D]: 'D' };

const OPPORTUNITIES: readonly StoredRecord[] = [
  {
    Id: A,
    Name: 'Alpha 100%',
    Amount: 100,
    StageName: 'Prospecting',
    CloseDate: '2026-11-21',
    IsClosed: false,
    SystemModstamp: '2026-11-21T09:59:59.000+0000',
    AccountId: idOf('001', 1),
    OwnerId: idOf('005', 7),
  },
  {
    Id: B,
    Name: 'beta_2',
    Amount: 250.5,
    StageName: 'Qualification',
    CloseDate: '2026-11-30',
    IsClosed: false,
    SystemModstamp: '2026-11-21T00:00:00.000+0000',
    AccountId: null,
  },
  {
    Id: C,
    Name: "O'Brien \\ Söhne 😀",
    Amount: null,
    StageName: 'Closed Won',
    CloseDate: '2026-10-01',
    IsClosed: true,
    SystemModstamp: '2026-11-20T23:59:59.000+0000',
    AccountId: idOf('001', 2),
  },
  {
    Id: D,
    Name: 'Delta',
    Amount: 0,
    StageName: 'Closed Lost',
    CloseDate: '2025-11-21',
    IsClosed: true,
    SystemModstamp: '2026-11-14T12:00:00.000+0000',
    IsDeleted: true,
  },
];

const ORG = anOrg({
  Opportunity: OPPORTUNITIES,
  Account: [
    { Id: idOf('001', 1), Name: 'Northwind', Type: 'Customer' },
    { Id: idOf('001', 2), Name: 'Contoso', Type: null },
  ],
  OpportunityContactRole: [
    { Id: idOf('00K', 1), OpportunityId: A, ContactId: idOf('003', 1), Role: 'Decision Maker', IsPrimary: true },
    { Id: idOf('00K', 2), OpportunityId: B, ContactId: idOf('003', 2), Role: null },
  ],
  Task: [{ Id: idOf('00T', 1), WhatId: A, Rolecall_Key__c: 'Key-1' }],
});

describe('the conditions of a WHERE clause', () => {
  it.each([
    ['equality of text ignores case', "Name = 'DELTA' OR Name = 'BETA_2'", 'B'],
    ['a quote in a literal is escaped', String.raw`Name = 'o\'brien \\ söhne 😀'`, 'C'],
    ['a character may be written as its code', String.raw`Name = 'O\'Brien \\ S\u00f6hne 😀'`, 'C'],
    ['LIKE: % is any run', "Name LIKE '%a%'", 'AB'],
    ['LIKE: _ is one character', "Name LIKE 'b_ta_2'", 'B'],
    ['LIKE: an escaped % is itself', String.raw`Name LIKE '%100\%'`, 'A'],
    ['LIKE: an escaped _ is itself', String.raw`Name LIKE 'beta\_%'`, 'B'],
    ['LIKE without wildcards is equality', "Name LIKE 'alpha'", ''],
    ['LIKE: one astral character is one _', "Name LIKE '%Söhne _'", 'C'],
    ['numbers compare as numbers', 'Amount >= 100', 'AB'],
    ['null is neither greater nor smaller', 'Amount < 1000000', 'AB'],
    ['null equals null', 'Amount = null', 'C'],
    ['!= null leaves the rest', 'Amount != null', 'AB'],
    ['!= a value keeps the nulls', 'Amount != 100', 'BC'],
    ['NOT IN keeps the nulls', 'Amount NOT IN (100, 250.5)', 'C'],
    ['IN with null finds the nulls', 'Amount IN (null, 100)', 'AC'],
    ['an empty string is null', "NextStep = ''", 'ABC'],
    ['checkboxes are true or false', 'IsClosed = TRUE', 'C'],
    ['an unset checkbox is false', 'IsPrivate = false', 'ABC'],
    ['an id of 15 characters is the same id', `Id = '${A.slice(0, 15)}'`, 'A'],
    ['ids compare as they are spelt', `Id > '${A}'`, 'BC'],
    ['ids in a list', `Id IN ('${A}', '${C.slice(0, 15)}', '${idOf('006', 999)}')`, 'AC'],
    ['an id of another object finds nothing', `Id = '${idOf('001', 1)}'`, ''],
    ['AND binds what stands in parentheses', '(Amount = 100 OR Amount = null) AND IsClosed = true', 'C'],
    ['NOT in its parentheses', "(NOT Name LIKE 'a%') AND IsClosed = false", 'B'],
    ['NOT of a whole expression', "NOT (Name LIKE 'a%' OR IsClosed = true)", 'B'],
    ['a path to a parent', "Account.Name = 'northwind'", 'A'],
    ['a path through a missing parent is null', "Account.Name != 'northwind'", 'BC'],
    ['a date', 'CloseDate = 2026-11-21', 'A'],
    ['a date/time with a zone', 'SystemModstamp = 2026-11-21T01:00:00+01:00', 'B'],
    ['a date/time with fractions', 'SystemModstamp >= 2026-11-21T09:59:59.000Z', 'A'],
    ['a date function', 'CALENDAR_MONTH(CloseDate) = 10', 'C'],
    ['the object may stand before the field', "Opportunity.Name = 'beta_2'", 'B'],
    ['the deleted record is not seen', "Name = 'Delta'", ''],
  ])('%s', (_, where, expected) => {
    const found = idsOf(ORG, `SELECT Id FROM Opportunity WHERE ${where} ORDER BY Id`);

    expect(found.map((id) => NAMES[id]).join('')).toBe(expected);
  });

  it('sees the recycle bin with scanAll', () => {
    expect(idsOf(ORG, 'SELECT Id FROM Opportunity WHERE IsDeleted = true', { scanAll: true })).toEqual([D]);
  });

  it('compares a case-sensitive key as it is spelt', () => {
    expect(idsOf(ORG, "SELECT Id FROM Task WHERE Rolecall_Key__c = 'key-1'")).toEqual([]);
    expect(idsOf(ORG, "SELECT Id FROM Task WHERE Rolecall_Key__c IN ('Key-1')")).toEqual([idOf('00T', 1)]);
  });

  it('takes an alias', () => {
    expect(idsOf(ORG, "SELECT o.Id FROM Opportunity o WHERE o.Account.Name = 'Contoso'")).toEqual([C]);
  });
});

describe('date literals in the zone of the user', () => {
  it.each([
    ['TODAY', 'SystemModstamp = TODAY', 'AB'],
    ['YESTERDAY', 'SystemModstamp = YESTERDAY', 'C'],
    ['before TODAY', 'SystemModstamp < TODAY', 'C'],
    ['up to YESTERDAY', 'SystemModstamp <= YESTERDAY', 'C'],
    ['not TODAY', 'SystemModstamp != TODAY', 'C'],
    ['the last day counts itself', 'CloseDate = LAST_N_DAYS:0', 'A'],
    ['the next days begin tomorrow', 'CloseDate = NEXT_N_DAYS:9', 'B'],
    ['THIS_MONTH', 'CloseDate = THIS_MONTH', 'AB'],
    ['LAST_MONTH', 'CloseDate = LAST_MONTH', 'C'],
    ['THIS_WEEK begins on Sunday', 'SystemModstamp = THIS_WEEK', 'ABC'],
    ['N_DAYS_AGO is that day only', 'SystemModstamp = N_DAYS_AGO:1', 'C'],
    ['THIS_FISCAL_QUARTER is the calendar quarter', 'CloseDate = THIS_FISCAL_QUARTER', 'ABC'],
    ['LAST_N_MONTHS leaves out this one', 'CloseDate = LAST_N_MONTHS:1', 'C'],
    ['in a list', 'CloseDate IN (TODAY, 2026-11-30)', 'AB'],
  ])('%s', (_, where, expected) => {
    const found = idsOf(ORG, `SELECT Id FROM Opportunity WHERE ${where} ORDER BY Id`);

    expect(found.map((id) => NAMES[id]).join('')).toBe(expected);
  });

  it('begin the day when the user does', () => {
    const tokyo = anOrg({ Opportunity: OPPORTUNITIES }, { timeZone: 'Asia/Tokyo' });

    expect(idsOf(tokyo, 'SELECT Id FROM Opportunity WHERE SystemModstamp = TODAY ORDER BY Id')).toEqual([A, B, C]);
  });
});

describe('semi-joins', () => {
  it.each([
    [
      'opportunities with a decision maker',
      `Id IN (SELECT OpportunityId FROM OpportunityContactRole WHERE Role = 'decision maker')`,
      'A',
    ],
    ['opportunities without a role', 'Id NOT IN (SELECT OpportunityId FROM OpportunityContactRole)', 'C'],
    ['by a reference', "AccountId IN (SELECT Id FROM Account WHERE Name = 'Contoso')", 'C'],
    [
      'two of them, each in its parentheses',
      'AccountId IN (SELECT Id FROM Account) AND (Id IN (SELECT OpportunityId FROM OpportunityContactRole))',
      'A',
    ],
  ])('%s', (_, where, expected) => {
    const found = idsOf(ORG, `SELECT Id FROM Opportunity WHERE ${where} ORDER BY Id`);

    expect(found.map((id) => NAMES[id]).join('')).toBe(expected);
  });

  const ROLES = 'Id IN (SELECT OpportunityId FROM OpportunityContactRole)';
  it.each([
    ['on Task', 'Id NOT IN (SELECT WhatId FROM Task)', "Entity 'Task' is not supported for semi join inner selects"],
    ['under OR', `Amount = 1 OR ${ROLES}`, "Semi join sub-selects are not allowed with the 'OR' operator"],
    ['under NOT', `NOT ${ROLES}`, 'only allowed at the top level'],
    ['in a nested AND', `(Amount = 1 AND ${ROLES}) AND Name = 'x'`, 'only allowed at the top level'],
    ['in a nested OR', `Amount = 1 AND (Name = 'x' OR ${ROLES})`, 'only allowed at the top level'],
    [
      'nested',
      'AccountId IN (SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact))',
      'Nesting of semi join',
    ],
    ['on the same object', 'Id IN (SELECT Id FROM Opportunity)', 'should not be on the same object type'],
    [
      'with a path on the left',
      'Account.Id IN (SELECT AccountId FROM Contact)',
      "'Account.Id' cannot have more than one level",
    ],
    ['with a text field inside', 'Id IN (SELECT Role FROM OpportunityContactRole)', "cannot use: 'Role'"],
    ['with a path inside', 'Id IN (SELECT Opportunity.Id FROM OpportunityContactRole)', "cannot use: 'Opportunity.Id'"],
    ['with a LIMIT', 'Id IN (SELECT OpportunityId FROM OpportunityContactRole LIMIT 1)', 'do not support ORDER BY'],
    [
      'between unlike ids',
      'Id IN (SELECT ContactId FROM OpportunityContactRole)',
      'should point to the same object type',
    ],
  ])('%s are refused', (_, where, message) => {
    const refusal = refusalOf(ORG, `SELECT Id FROM Opportunity WHERE ${where}`);

    expect(refusal.code).toBe('MALFORMED_QUERY');
    expect(refusal.message).toContain(message);
  });

  it('are refused from the third on, with a code of their own', () => {
    const refusal = refusalOf(ORG, `SELECT Id FROM Opportunity WHERE ${ROLES} AND ${ROLES} AND ${ROLES}`);

    expect(refusal).toEqual({
      code: 'EXCEEDED_MAX_SEMIJOIN_SUBSELECTS',
      message: 'Maximum 2 semi join sub-selects are allowed',
    });
  });
});

describe('what a WHERE clause is refused for', () => {
  it.each([
    [
      'a quoted date/time',
      "SystemModstamp > '2026-11-21T00:00:00Z'",
      'INVALID_FIELD',
      "field 'SystemModstamp' must be of type dateTime and should not be enclosed in quotes",
    ],
    ['a date for a date/time', 'SystemModstamp > 2026-11-21', 'INVALID_FIELD', 'must be of type dateTime'],
    [
      'a date/time for a date',
      'CloseDate > 2026-11-21T00:00:00Z',
      'INVALID_FIELD',
      'must be of type date and should not',
    ],
    [
      'a quoted number',
      "Amount = '1'",
      'INVALID_FIELD',
      "field 'Amount' must be of type double and should not be enclosed in quotes",
    ],
    [
      'a bare number for text',
      'Name = 1',
      'INVALID_FIELD',
      "field 'Name' must be of type string and should be enclosed in quotes",
    ],
    ['a quoted boolean', "IsClosed = 'true'", 'INVALID_FIELD', 'must be of type boolean'],
    ['long text', "Description = 'x'", 'INVALID_FIELD', "field 'Description' can not be filtered in a query call"],
    [
      'a field that is not filterable',
      'HasOpenActivity = true',
      'INVALID_FIELD',
      "field 'HasOpenActivity' can not be filtered",
    ],
    ['an unknown field', "Nme = 'x'", 'INVALID_FIELD', "No such column 'Nme' on entity 'Opportunity'."],
    ['an unknown field of a parent', "Account.Nme = 'x'", 'INVALID_FIELD', "No such column 'Nme' on entity 'Account'."],
    [
      'an unknown relationship',
      "Acount.Name = 'x'",
      'INVALID_FIELD',
      "Didn't understand relationship 'Acount' in field path.",
    ],
    [
      'a lookup without relationship',
      "Contact.Name = 'x'",
      'INVALID_FIELD',
      "Didn't understand relationship 'Contact'",
    ],
    ['no id', "Id = 'abc'", 'INVALID_QUERY_FILTER_OPERATOR', 'invalid ID field: abc'],
    ['LIKE on an id', "Id LIKE '006%'", 'INVALID_QUERY_FILTER_OPERATOR', 'invalid operator on id field'],
    ['order of booleans', 'IsClosed > false', 'INVALID_QUERY_FILTER_OPERATOR', 'invalid operator on boolean field'],
    ['INCLUDES on a picklist', "StageName INCLUDES ('x')", 'INVALID_QUERY_FILTER_OPERATOR', 'invalid operator'],
    ['AND mixed with OR', 'Amount = 1 AND Amount = 2 OR Amount = 3', 'MALFORMED_QUERY', "unexpected token: 'OR'"],
    [
      'NOT after AND without parentheses',
      "Amount = 1 AND NOT Name LIKE 'x'",
      'MALFORMED_QUERY',
      "unexpected token: 'NOT'",
    ],
    ['three negations that open one another', '(NOT (NOT (NOT Amount = 1)))', 'MALFORMED_QUERY', 'unexpected token'],
    ['a missing operator', "Name = 'x' Amount = 1", 'MALFORMED_QUERY', "unexpected token: 'Amount'"],
    ['an unknown escape', String.raw`Name = 'a\q'`, 'MALFORMED_QUERY', String.raw`Illegal character sequence '\q'`],
    ['double quotes', 'Name = "x"', 'MALFORMED_QUERY', 'unexpected token'],
    ['a quote that is not escaped', "Name = 'O'Brien'", 'MALFORMED_QUERY', 'unexpected token'],
    ['an Apex variable', 'Name = :name', 'MALFORMED_QUERY', 'unexpected token'],
    ['a date that does not exist', 'CloseDate = 2026-02-30', 'MALFORMED_QUERY', 'Invalid date: 2026-02-30'],
    ['a string of 4,001 characters', `Name = '${'x'.repeat(4001)}'`, 'MALFORMED_QUERY', 'maximum length is 4000'],
    [
      'a statement of more than 100,000 characters',
      `Id IN (${`'${A}',`.repeat(5000)}'${A}')`,
      'MALFORMED_QUERY',
      '100000 characters',
    ],
  ])('%s', (_, where, code, message) => {
    const refusal = refusalOf(ORG, `SELECT Id FROM Opportunity WHERE ${where}`);

    expect(refusal.code).toBe(code);
    expect(refusal.message).toContain(message);
  });

  it('points a caret at the token, with row and column', () => {
    const { message } = refusalOf(ORG, "SELECT Id\nFROM Opportunity\nWHERE Nme = 'Nme'");

    const [, excerpt, caret, place] = message.split('\n');
    expect(place).toBe('ERROR at Row:3:Column:7');
    expect(excerpt!.slice(caret!.indexOf('^')).startsWith("Nme = 'Nme'")).toBe(true);
  });
});

const COMPARE = {
  '=': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
} as const;

const OPERATORS = Object.keys(COMPARE) as readonly (keyof typeof COMPARE)[];

describe('laws of conditions', () => {
  const printable = fc
    .string({ unit: 'grapheme', maxLength: 40 })
    .filter((text) => !/[\r\n]/.test(text) && text !== '');

  it('what is quoted is what is found', () => {
    fc.assert(
      fc.property(printable, (name) => {
        const org = anOrg({
          Account: [
            { Id: A, Name: name },
            { Id: B, Name: `${name}x` },
          ],
        });

        expect(rowsOf(org, `SELECT Name FROM Account WHERE Name = ${quoted(name)}`)).toMatchObject([{ Name: name }]);
      }),
    );
  });

  it('LIKE with everything escaped is equality', () => {
    fc.assert(
      fc.property(printable, printable, (name, other) => {
        const pattern = quoted(name)
          .replaceAll('%', String.raw`\%`)
          .replaceAll('_', String.raw`\_`);
        const org = anOrg({
          Account: [
            { Id: A, Name: name },
            { Id: B, Name: other },
          ],
        });

        expect([...idsOf(org, `SELECT Id FROM Account WHERE Name LIKE ${pattern}`)].sort()).toEqual(
          [...idsOf(org, `SELECT Id FROM Account WHERE Name = ${quoted(name)}`)].sort(),
        );
      }),
    );
  });

  type Tree = { readonly soql: string; readonly holds: (amount: number) => boolean };
  const comparison: fc.Arbitrary<Tree> = fc
    .record({ operator: fc.constantFrom(...OPERATORS), value: fc.integer({ min: 0, max: 9 }) })
    .map(({ operator, value }) => ({
      soql: `Amount ${operator} ${value}`,
      holds: (amount: number) => COMPARE[operator](amount, value),
    }));
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      comparison,
      // Three negations that open one another are refused.
      tie('tree')
        .filter(({ soql }) => !/^\(*NOT/.test(soql))
        .map((part) => ({ soql: `(NOT (${part.soql}))`, holds: (amount: number) => !part.holds(amount) })),
      fc
        .tuple(fc.constantFrom('AND', 'OR'), fc.array(tie('tree'), { minLength: 2, maxLength: 4 }))
        .map(([joint, parts]) => ({
          soql: `(${parts.map(({ soql }) => soql).join(` ${joint} `)})`,
          holds: (amount: number) =>
            joint === 'AND' ? parts.every((p) => p.holds(amount)) : parts.some((p) => p.holds(amount)),
        })),
    ),
  }));

  it('parentheses, AND, OR and NOT mean what they say', () => {
    const org = anOrg({ Opportunity: Array.from({ length: 10 }, (_, n) => ({ Id: idOf('006', n), Amount: n })) });
    fc.assert(
      fc.property(tree, ({ soql, holds }) => {
        const expected = Array.from({ length: 10 }, (_, n) => n)
          .filter(holds)
          .map((n) => idOf('006', n));

        expect(idsOf(org, `SELECT Id FROM Opportunity WHERE ${soql} ORDER BY Id`)).toEqual(expected);
      }),
    );
  });

  it('keyset pages show every row once, whatever the ties and the size of a page', () => {
    const seconds = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 });
    fc.assert(
      fc.property(seconds, fc.integer({ min: 1, max: 7 }), (stamps, size) => {
        const org = anOrg({
          Lead: stamps.map((second, n) => ({ Id: idOf('00Q', (n * 7919) % 1000), SystemModstamp: stampAt(second) })),
        });
        const seen: string[] = [];
        let after = 'SystemModstamp >= 2026-01-01T00:00:00Z';
        for (;;) {
          const soql = `SELECT Id, SystemModstamp FROM Lead WHERE ${after} ORDER BY SystemModstamp, Id LIMIT ${size}`;
          const page = rowsOf(org, soql) as readonly { readonly Id: string; readonly SystemModstamp: string }[];
          seen.push(...page.map(({ Id }) => Id));
          const last = page.at(-1);
          if (last === undefined) break;
          const at = last.SystemModstamp.replace('.000+0000', 'Z');
          after = `(SystemModstamp > ${at} OR (SystemModstamp = ${at} AND Id > '${last.Id}'))`;
        }

        expect(seen).toHaveLength(stamps.length);
        expect(new Set(seen).size).toBe(stamps.length);
      }),
    );
  });

  it('an index changes nothing but the time', () => {
    const ids = Array.from({ length: 6 }, (_, n) => idOf('006', n));
    const roles = Array.from({ length: 30 }, (_, n) => ({
      Id: idOf('00K', n),
      OpportunityId: ids[n % 6]!,
      ContactId: idOf('003', n % 4),
    }));
    const [plain, indexed] = [
      anOrg({ OpportunityContactRole: roles }),
      anOrg({ OpportunityContactRole: roles }, { isIndexed: true }),
    ];
    const list = fc
      .uniqueArray(fc.constantFrom(...ids), { minLength: 1 })
      .map((some) => some.map((id) => `'${id}'`).join(', '));
    fc.assert(
      fc.property(list, fc.integer({ min: 0, max: 3 }), fc.constantFrom('AND', 'OR'), (some, contact, joint) => {
        const where = `OpportunityId IN (${some}) ${joint} ContactId = '${idOf('003', contact)}'`;
        const soql = `SELECT Id FROM OpportunityContactRole WHERE ${where} ORDER BY Id`;

        expect(idsOf(indexed, soql)).toEqual(idsOf(plain, soql));
      }),
    );
  });
});

function stampAt(second: number): string {
  return `2026-01-01T00:00:0${second}.000+0000`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
