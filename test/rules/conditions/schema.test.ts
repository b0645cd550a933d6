import { describe, expect, test } from 'vitest';

import { Condition } from '../../../src/rules/conditions/schema.ts';

describe('a condition that cannot be meant', () => {
  test.each<[string, unknown, string, string | undefined, string]>([
    ['no mapping', 'Hot', '', undefined, 'expected record'],
    ['a list instead of a mapping under not', { not: [{ A: 1 }] }, 'not', undefined, 'a mapping from field to test'],
    ['a mapping instead of a list under any', { any: { A: 1 } }, 'any', undefined, 'a list of conditions under "any"'],
    ['a scalar in a list of conditions', { all: [1] }, 'all.0', undefined, 'a mapping from field to test'],
    ['an unknown operator', { A: { containz: 'x' } }, 'A.containz', 'E_UNKNOWN_KEY', 'did you mean "contains"?'],
    ['an inherited name as operator', { A: { toString: 'x' } }, 'A.toString', 'E_UNKNOWN_KEY', 'unknown operator'],
    ['a test without operator', { A: { if_blank: true } }, 'A', undefined, 'names no operator'],
    ['an empty test', { A: {} }, 'A', undefined, 'names no operator'],
    ['null', { A: null }, 'A', undefined, '{ blank: true }'],
    ['a blank text', { A: ' ' }, 'A', undefined, '{ blank: true }'],
    ['a list under is', { A: { is: ['x'] } }, 'A.is', undefined, 'expected a text, a number'],
    ['a scalar under in', { A: { in: 'x' } }, 'A.in', undefined, 'expected array'],
    ['a text under gte', { A: { gte: 'many' } }, 'A.gte', undefined, 'expected a number, a date'],
    ['one bound for between', { A: { between: [1] } }, 'A.between', undefined, '[lowest, highest]'],
    ['the highest bound first', { A: { between: [9, 1] } }, 'A.between', undefined, 'the lowest first'],
    ['bounds of two kinds', { A: { between: [1, '2026-11-21'] } }, 'A.between', undefined, 'of one kind'],
    ['a text under blank', { A: { blank: 'yes' } }, 'A.blank', undefined, 'expected boolean'],
    ['a wrong case', { A: { is: 'x', case: 'upper' } }, 'A.case', undefined, 'expected sensitive'],
    ['a look-ahead', { A: { matches: '(?=x)' } }, 'A.matches', 'E_REGEX', 'no look-arounds'],
    ['a look-behind', { A: { matches: '(?<=x)y' } }, 'A.matches', 'E_REGEX', 'no look-arounds'],
    ['a back-reference', { A: { matches: '(a)\\1' } }, 'A.matches', 'E_REGEX', 'no back-references'],
    ['an open bracket', { A: { matches: '(a' } }, 'A.matches', 'E_REGEX', 'missing closing )'],
    ['a bad duration', { A: { older_than: '3 weeks' } }, 'A.older_than', 'E_DURATION', '"3 weeks"'],
    ['what is no field', { 'Stage-Name': 'x' }, 'Stage-Name', 'E_FIELD_UNKNOWN', 'not the name of a field'],
    ['a problem deep inside', { any: [{ not: { A: { matches: '(' } } }] }, 'any.0.not.A.matches', 'E_REGEX', '('],
  ])('%s', (_what, source, path, code, gist) => {
    const [issue, ...others] = Condition.safeParse(source).error?.issues ?? [];

    expect(others).toEqual([]);
    expect(issue?.path.join('.')).toBe(path);
    expect(issue?.message).toContain(gist);
    expect(issue?.code === 'custom' ? issue.params?.['code'] : undefined).toBe(code);
  });

  test('has all its problems told at once', () => {
    const issues = Condition.safeParse({ A: { matches: '(' }, B: null, any: [{ C: { gtt: 1 } }] }).error?.issues;

    expect(issues?.map((issue) => issue.path.join('.'))).toEqual(['A.matches', 'B', 'any.0.C.gtt']);
  });

  test('that contains itself is refused and not followed', () => {
    const endless: { not?: unknown } = {};
    endless.not = endless;

    expect(Condition.safeParse(endless).error?.issues[0]?.message).toContain('nested too deep');
  });
});
