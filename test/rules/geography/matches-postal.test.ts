import { describe, expect, test } from 'vitest';

import { compilePostal } from '../../../src/rules/geography/matches-postal.ts';
import { normalizePostal } from '../../../src/rules/geography/postal-code.ts';

function matches(match: Parameters<typeof compilePostal>[0], text: string, country: string): boolean {
  return compilePostal(match)(normalizePostal(text, country), country);
}

describe('F18 a range', () => {
  const range = [['70000', '89999']] as const;

  test.each([
    ['includes its lower bound', '70000', true],
    ['includes its upper bound', '89999', true],
    ['TV17 includes what lies between', 'D-80331', true],
    ['TV18 leaves out what lies below', '01067', false],
    ['leaves out what lies above', '90000', false],
    ['leaves out codes of another width', '800', false],
    ['leaves out what is no number', '8033A', false],
  ])('%s', (_what, postal, expected) => {
    expect(matches({ range }, postal, postal === '800' ? 'CH' : 'DE')).toBe(expected);
  });

  test('one of several is enough', () => {
    expect(matches({ range: [['10000', '19999'], ...range] }, '80331', 'DE')).toBe(true);
  });
});

describe('F19 a prefix', () => {
  test.each<[string, string, string, string, boolean]>([
    ['is plain outside Britain', 'US', '112', '11201', true],
    ['is plain outside Britain: no match', 'US', '112', '10001', false],
    ['may hold blanks', 'CA', 'V6 B', 'V6B 1A1', true],
    ['TV9 E1 is E1', 'GB', 'E1', 'e1 6an', true],
    ['E1 is E1W', 'GB', 'E1', 'E1W 1AA', true],
    ['E1 is not E10', 'GB', 'E1', 'E10 5AA', false],
    ['E is E1', 'GB', 'E', 'E1 6AN', true],
    ['E is not EC', 'GB', 'E', 'EC1A 1BB', false],
    ['TV11 EC is EC1A, without its blank', 'GB', 'EC', 'EC1A1BB', true],
    ['W1 is W1A', 'GB', 'W1', 'W1A 0AX', true],
    ['W1 is not W14', 'GB', 'W1', 'W14 8UX', false],
    ['TV15 SW1 is SW1A', 'GB', 'SW1', 'SW1A 1AA', true],
    ['SW1 is not SW11', 'GB', 'SW1', 'SW11 1AA', false],
    ['SW1A is SW1A', 'GB', 'SW1A', 'SW1A 1AA', true],
    ['SW1A is not SW1', 'GB', 'SW1A', 'SW1 1AA', false],
    ['SW1A is not SW1E', 'GB', 'SW1A', 'SW1E 5JE', false],
    ['an outward code alone is enough', 'GB', 'E1', 'E1', true],
    ['a prefix that reaches into the inward code is plain', 'GB', 'SW1A 1A', 'SW1A 1AA', true],
    ['a code of no common form is compared plainly', 'GB', 'GIR', 'GIR 0AA', true],
    ['in small letters', 'GB', 'sw1a', 'SW1A 1AA', true],
  ])('%s', (_what, country, prefix, postal, expected) => {
    expect(matches({ prefix: [prefix] }, postal, country)).toBe(expected);
  });
});

test('R7 no postal code matches nothing', () => {
  expect(compilePostal({ prefix: [''], range: [['0', '9']] })(null, 'US')).toBe(false);
});

test('a prefix and a range are alternatives', () => {
  expect(matches({ prefix: ['0'], range: [['80000', '80999']] }, '80331', 'DE')).toBe(true);
  expect(matches({ prefix: ['8'], range: [['10000', '10999']] }, '80331', 'DE')).toBe(true);
});
