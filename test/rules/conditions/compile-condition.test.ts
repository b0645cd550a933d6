import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { readInstant } from '../../../src/domain/instant.ts';
import type { Fields, FieldValue } from '../../../src/domain/record.ts';
import { compileCondition } from '../../../src/rules/conditions/compile-condition.ts';
import { Condition } from '../../../src/rules/conditions/schema.ts';

const now = readInstant('2026-11-23T10:00:00Z');
const lists = new Map([['internal', new Set(['northwind.example', 'strasse.example'])]]);

function holds(condition: unknown, fields: Fields): boolean {
  return compileCondition(Condition.parse(condition), lists).holds(fields, now);
}

describe('F7 a condition', () => {
  const fields: Fields = { Rating: 'Hot', Amount: 5000 };

  test.each<[string, unknown, boolean]>([
    ['with all entries true holds', { Rating: 'Hot', Amount: 5000 }, true],
    ['with one entry false does not', { Rating: 'Hot', Amount: 1 }, false],
    ['without entries holds', {}, true],
    ['any: one of them', { any: [{ Rating: 'Cold' }, { Amount: 5000 }] }, true],
    ['any: none of them', { any: [{ Rating: 'Cold' }, { Amount: 1 }] }, false],
    ['any of nothing is false', { any: [] }, false],
    ['all of nothing is true', { all: [] }, true],
    ['all: one fails', { all: [{ Rating: 'Hot' }, { Amount: 1 }] }, false],
    ['not turns around', { not: { Rating: 'Cold' } }, true],
    ['not {} never holds', { not: {} }, false],
    ['reserved keys stand beside fields', { Rating: 'Hot', not: { Amount: 1 }, any: [{ Amount: 5000 }] }, true],
    ['they nest', { any: [{ all: [{ not: { any: [{ Rating: 'Cold' }] } }] }] }, true],
  ])('%s', (_why, condition, expected) => {
    expect(holds(condition, fields)).toBe(expected);
  });
});

describe('F8 a test', () => {
  test.each<[string, unknown, FieldValue, boolean]>([
    ['a scalar: equals', 'Hot', 'Hot', true],
    ['a list: one of', ['Warm', 'Hot'], 'Hot', true],
    ['a list: none of', ['Warm', 'Cold'], 'Hot', false],
    ['an empty list: nothing is in it', [], 'Hot', false],
    ['is', { is: 'Hot' }, 'Hot', true],
    ['is a number, of a number', { is: 100 }, 100, true],
    ['is a number, of a text that spells it', { is: 100 }, '100.0', true],
    ['is a text of digits, of a number', { is: '100' }, 100, true],
    ['is a text of digits, of another text', { is: '01067' }, '1067', false],
    ['is true', { is: true }, true, true],
    ['is false, of true', { is: false }, true, false],
    ['is a date, of an instant on that day', { is: '2026-11-23' }, '2026-11-23T23:59:59.000+0000', true],
    ['is an instant written in another way (F30)', '2026-11-23T10:00:00Z', '2026-11-23T11:00:00.000+01:00', true],
    ['is an id of 15 characters, of 18 (F30)', '00570000001aBcD', '00570000001aBcDAAU', true],
    ['is an id of 15 characters that differs by case (F30)', '00570000001abcd', '00570000001aBcDAAU', false],
    ['not a scalar', { not: 'Cold' }, 'Hot', true],
    ['not a list', { not: ['Cold', 'Hot'] }, 'Hot', false],
    ['in', { in: ['Hot'] }, 'Hot', true],
    ['not_in', { not_in: ['Hot'] }, 'Hot', false],
    ['contains', { contains: 'student' }, 'PhD Student', true],
    ['contains a number', { contains: 12 }, 'A 123', true],
    ['not_contains', { not_contains: 'student' }, 'PhD Student', false],
    ['starts_with', { starts_with: 'phd' }, 'PhD Student', true],
    ['starts_with, elsewhere', { starts_with: 'student' }, 'PhD Student', false],
    ['ends_with', { ends_with: 'student' }, 'PhD Student', true],
    ['ends_with, elsewhere', { ends_with: 'phd' }, 'PhD Student', false],
    ['matches', { matches: '^n/?a$' }, 'N/A', true],
    ['gt above', { gt: 10 }, 11, true],
    ['gt at', { gt: 10 }, 10, false],
    ['gte at', { gte: 10 }, 10, true],
    ['lt below', { lt: 10 }, 9, true],
    ['lt at', { lt: 10 }, 10, false],
    ['lte at', { lte: 10 }, 10, true],
    ['gte of a text that spells a number', { gte: 10 }, '12', true],
    ['gte of another text', { gte: 10 }, 'twelve', false],
    ['gt of a date', { gt: '2026-11-01' }, '2026-11-02', true],
    ['lte a day, of an instant on it', { lte: '2026-11-30' }, '2026-11-30T15:00:00.000+0000', true],
    ['gt a day, of an instant on it', { gt: '2026-11-30' }, '2026-11-30T15:00:00.000+0000', false],
    ['lt an instant', { lt: '2026-11-23T10:00:00Z' }, '2026-11-23T10:59:00.000+0100', true],
    ['between at its lower end', { between: [100, 999] }, 100, true],
    ['between at its upper end', { between: [100, 999] }, 999, true],
    ['between above', { between: [100, 999] }, 1000, false],
    ['between dates', { between: ['2026-11-01', '2026-11-30'] }, '2026-11-30', true],
    ['blank: true of a value', { blank: true }, 'x', false],
    ['blank: false of a value', { blank: false }, 'x', true],
    ['in_list', { in_list: 'internal' }, 'Northwind.example', true],
    ['in_list folds both sides', { in_list: 'internal' }, 'Straße.example', true],
    ['not_in_list', { not_in_list: 'internal' }, 'northwind.example', false],
    ['older_than: older', { older_than: '30d' }, '2026-10-24T09:59:59.000+0000', true],
    ['older_than: exactly that age', { older_than: '30d' }, '2026-10-24T10:00:00.000+0000', false],
    ['older_than counts a date in whole days', { older_than: '30d' }, '2026-10-24', false],
    ['older_than, a date one day further back', { older_than: '30d' }, '2026-10-23', true],
    ['older_than in business days', { older_than: '1bd' }, '2026-11-20T09:00:00.000+0000', true],
    ['older_than, a weekend between', { older_than: '1bd' }, '2026-11-20T11:00:00.000+0000', false],
    ['older_than of what is no date', { older_than: '30d' }, 'long ago', false],
    ['newer_than: younger', { newer_than: '4h' }, '2026-11-23T06:00:01.000+0000', true],
    ['newer_than: exactly that age', { newer_than: '4h' }, '2026-11-23T06:00:00.000+0000', false],
    ['newer_than of what is no date', { newer_than: '4h' }, 'now', false],
    ['includes_any (F12)', { includes_any: ['B', 'C'] }, 'A;b', true],
    ['includes_any, a part of a value is none', { includes_any: ['B'] }, 'A;BC', false],
    ['includes_all (F12)', { includes_all: ['C', 'A'] }, 'A; B;C', true],
    ['includes_all, one missing', { includes_all: ['A', 'D'] }, 'A;B;C', false],
    ['includes_any one text', { includes_any: 'A' }, 'A;B', true],
    ['several operators must all hold', { gte: 10, lt: 20 }, 15, true],
    ['several operators, one fails', { gte: 10, lt: 20 }, 20, false],
  ])('%s', (_why, condition, value, expected) => {
    expect(holds({ Field__c: condition }, { Field__c: value })).toBe(expected);
  });
});

describe('F9 texts are compared folded', () => {
  test.each<[string, unknown, string, boolean]>([
    ['capitals do not count', 'hot', 'HOT', true],
    ['white space around and between collapses', 'contact us', ' Contact \u00a0 Us\n', true],
    ['composed and decomposed letters are one', 'caf\u00e9', 'cafe\u0301', true],
    ['ß is ss', 'STRASSE', 'Straße', true],
    ['a final sigma is a sigma', 'ΟΔΟΣ', 'οδος', true],
    ['a dotless i is not an i', 'ı', 'i', false],
    ['case: sensitive keeps capitals', { is: 'hot', case: 'sensitive' }, 'HOT', false],
    ['case: sensitive still trims', { is: 'Hot', case: 'sensitive' }, ' Hot ', true],
    ['case: sensitive for a part', { contains: 'eu', case: 'sensitive' }, 'EUR', false],
  ])('%s', (_why, condition, value, expected) => {
    expect(holds({ Field__c: condition }, { Field__c: value })).toBe(expected);
  });
});

describe('F10 a blank value', () => {
  const tests: readonly (readonly [string, unknown, boolean])[] = [
    ['a scalar', 'x', false],
    ['a list', ['x'], false],
    ['is', { is: 'x' }, false],
    ['in', { in: ['x'] }, false],
    ['contains', { contains: 'x' }, false],
    ['starts_with', { starts_with: 'x' }, false],
    ['ends_with', { ends_with: 'x' }, false],
    ['matches', { matches: '.*' }, false],
    ['gt', { gt: -1 }, false],
    ['gte (QE16)', { gte: 0 }, false],
    ['lt (CE12)', { lt: 25_000 }, false],
    ['lte', { lte: 1 }, false],
    ['between', { between: [-1, 1] }, false],
    ['blank: false', { blank: false }, false],
    ['in_list', { in_list: 'internal' }, false],
    ['older_than', { older_than: '1d' }, false],
    ['newer_than', { newer_than: '1d' }, false],
    ['includes_any', { includes_any: ['x'] }, false],
    ['includes_all', { includes_all: [] }, false],
    ['blank: true', { blank: true }, true],
    ['not', { not: true }, true],
    ['not a list', { not: ['x'] }, true],
    ['not_in', { not_in: ['x'] }, true],
    ['not_contains', { not_contains: 'x' }, true],
    ['not_in_list', { not_in_list: 'internal' }, true],
    ['not together with is', { not: 'x', is: 'y' }, false],
    ['if_blank: true overrides', { gte: 10_000, if_blank: true }, true],
    ['if_blank: false overrides', { not: 'x', if_blank: false }, false],
  ];

  test.each(tests)('%s', (_why, condition, expected) => {
    for (const value of [null, '', '  \t']) expect(holds({ Field__c: condition }, { Field__c: value })).toBe(expected);
    expect(holds({ Field__c: condition }, {})).toBe(expected);
  });

  test('is not 0 (QE1) and not false', () => {
    expect(holds({ N__c: { blank: true } }, { N__c: 0 })).toBe(false);
    expect(holds({ N__c: 0 }, { N__c: 0 })).toBe(true);
    expect(holds({ N__c: { blank: true } }, { N__c: false })).toBe(false);
    expect(holds({ N__c: false }, { N__c: false })).toBe(true);
  });

  test('a value that if_blank does not concern is tested as ever', () => {
    expect(holds({ Amount: { gte: 10_000, if_blank: true } }, { Amount: 9999 })).toBe(false);
  });
});

describe('F11 matches', () => {
  test.each<[string, unknown, string, boolean]>([
    ['searches anywhere', { matches: 'buyer' }, 'Economic Buyer', true],
    ['knows \\b and alternatives', { matches: '\\b(ceo|cfo|vp finance)\\b' }, 'VP  Finance', true],
    ['takes capitals in the pattern as letters', { matches: '^TEST$' }, ' test ', true],
    ['takes a class of capitals as letters', { matches: '^[A-Z]+$' }, 'abc', true],
    ['keeps \\D apart from \\d', { matches: '^\\D+$' }, 'abc', true],
    ['meets an ß as ss', { matches: 'straße' }, 'HAUPTSTRASSE', true],
    ['case: sensitive', { matches: '^test$', case: 'sensitive' }, 'Test', false],
    ['the junk names of the example (QV11)', { matches: '^(test|asdf+|qwerty|none|n/?a)$' }, ' TEST ', true],
    ['public sector domains', { matches: '\\.(gov|mil)$' }, 'nasa.gov', true],
  ])('%s', (_why, condition, value, expected) => {
    expect(holds({ Field__c: condition }, { Field__c: value })).toBe(expected);
  });

  // A search that tries every way does not end within a test's time.
  test('QE14 takes linear time', () => {
    const company = 'a'.repeat(10_000);

    expect(holds({ Company: { matches: '(a+)+$' } }, { Company: `${company}!` })).toBe(false);
    expect(holds({ Company: { matches: '^(a|a)*$' } }, { Company: company })).toBe(true);
  });
});

test('an unknown list is an error of the configuration', () => {
  const condition = Condition.parse({ 'email.domain': { in_list: 'nowhere' } });

  expect(() => compileCondition(condition, lists)).toThrow(
    expect.objectContaining({ code: 'E_LIST_UNKNOWN', recovery: 'fix-config' }),
  );
});

test('a predicate names every field it reads, once', () => {
  const condition = Condition.parse({
    Rating: 'Hot',
    any: [{ 'Owner.Email': { blank: false } }, { not: { Rating: 'Cold', 'email.is_free': true } }],
  });

  expect(compileCondition(condition, lists).fields).toEqual(['Rating', 'Owner.Email', 'email.is_free']);
});

test('QE16 an explanation shows what each entry met', () => {
  const condition = Condition.parse({ Lead_Score__c: { gte: 50 }, Rating: 'Hot', not: { Rating: 'Cold' } });

  expect(compileCondition(condition, lists).explain({ Rating: 'Hot' }, now)).toEqual([
    { field: 'Lead_Score__c', test: { gte: 50 }, actual: null, holds: false },
    { field: 'Rating', test: 'Hot', actual: 'Hot', holds: true },
    { field: 'not', test: { Rating: 'Cold' }, actual: null, holds: true },
  ]);
});

describe('laws of conditions', () => {
  const names = ['A', 'B', 'C.D'] as const;
  const value = fc.constantFrom<FieldValue>(null, '', 0, 1, 5, true, false, 'x', 'X ', 'y;x', '2026-11-20');
  const fields = fc.record(Object.fromEntries(names.map((name) => [name, value]))) as fc.Arbitrary<Fields>;
  const fieldTest = fc.oneof(
    fc.constantFrom('x', 1, true),
    fc.constantFrom(
      { not: 'x' },
      { gte: 1 },
      { blank: true },
      { contains: 'x', if_blank: true },
      { includes_any: ['x'] },
    ),
  );
  const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 4 },
      fc.dictionary(fc.constantFrom(...names), fieldTest, { maxKeys: 3 }) as fc.Arbitrary<Condition>,
      fc.record(
        {
          any: fc.array(tie('condition'), { maxLength: 3 }),
          all: fc.array(tie('condition'), { maxLength: 3 }),
          not: tie('condition'),
          A: fieldTest,
        },
        { requiredKeys: [] },
      ) as fc.Arbitrary<Condition>,
    ),
  }));

  test('every generated condition passes its schema', () => {
    fc.assert(
      fc.property(condition, (source) => {
        expect(Condition.safeParse(source).error).toBeUndefined();
      }),
    );
  });

  test('the order of entries does not matter', () => {
    fc.assert(
      fc.property(condition, fields, (source, record) => {
        expect(holds(reversed(source), record)).toBe(holds(source, record));
      }),
    );
  });

  test('a condition and its not never agree: there is no third truth value', () => {
    fc.assert(
      fc.property(condition, fields, (source, record) => {
        expect(holds({ not: source }, record)).toBe(!holds(source, record));
      }),
    );
  });

  test('not any is all not', () => {
    fc.assert(
      fc.property(fc.array(condition, { maxLength: 3 }), fields, (sources, record) => {
        const inverted = sources.map((source) => ({ not: source }));
        expect(holds({ not: { any: sources } }, record)).toBe(holds({ all: inverted }, record));
      }),
    );
  });

  test('only the fields that it names matter', () => {
    fc.assert(
      fc.property(condition, fields, (source, record) => {
        const read = new Set(compileCondition(source, lists).fields);
        const rest = Object.fromEntries(Object.entries(record).filter(([name]) => read.has(name)));
        expect(holds(source, rest)).toBe(holds(source, record));
      }),
    );
  });
});

function reversed(source: unknown): unknown {
  if (Array.isArray(source)) return source.toReversed().map(reversed);
  if (typeof source !== 'object' || source === null) return source;
  return Object.fromEntries(
    Object.entries(source)
      .toReversed()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}
