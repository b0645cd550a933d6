import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';

import { Routing } from '../../../src/rules/routing/schema.ts';

function problemsOf(text: string): readonly string[] {
  const { issues } = Routing.safeParse({ fallback: [{ queue: 'Rest' }], ...parse(text) }).error ?? { issues: [] };
  return issues.map((issue) => {
    const params = 'params' in issue ? (issue.params as { readonly code?: string } | undefined) : undefined;
    return `${issue.path.join('.')} ${params?.code ?? issue.code}`;
  });
}

describe('the section routing', () => {
  it.each([
    ['an unknown key', 'fallbak: []', ' unrecognized_keys'],
    ['RE21: a last fallback that is a user', 'fallback: [{ user: a }]', 'fallback.0 E_FALLBACK_NOT_QUEUE'],
    ['a last fallback that is a pool', 'fallback: [{ queue: Q }, p]', 'fallback.1 E_FALLBACK_NOT_QUEUE'],
    ['no fallback at all', 'fallback: []', 'fallback E_FALLBACK_NOT_QUEUE'],
    [
      'a chain that goes on in a user',
      'pools: { p: { on_exhausted: { user: a } } }',
      'pools.p.on_exhausted E_FALLBACK_NOT_QUEUE',
    ],
    ['a step that is named twice', 'precedence: [territory, territory]', 'precedence.1 custom'],
    ['a step without settings', 'precedence: [record_override]', 'precedence.0 E_MISSING_KEY'],
    [
      'F18: a range of two widths',
      "territories: [{ id: a, match: { postal: { range: [['70000', '8999']] } } }]",
      'territories.0.match.postal.range.0 E_RANGE_WIDTH',
    ],
    [
      'a range that is empty',
      "territories: [{ id: a, match: { postal: { range: [['2', '1']] } } }]",
      'territories.0.match.postal.range.0 custom',
    ],
    [
      'a misspelt key of a member',
      'pools: { p: { members: [{ user: a, wieght: 2 }] } }',
      'pools.p.members.0 unrecognized_keys',
    ],
    ['a member who is there already', 'pools: { p: { members: [a, A] } }', 'pools.p.members.1 E_DUP_ID'],
    [
      'a weight of nothing',
      'pools: { p: { members: [{ user: a, weight: 0 }] } }',
      'pools.p.members.0.weight too_small',
    ],
    ['a fixed pool of two', 'pools: { p: { strategy: fixed, members: [a, b] } }', 'pools.p.members custom'],
    ['days that end before they start', 'people: { a: { away: [2026-11-27/2026-11-23] } }', 'people.a.away.0 custom'],
    ['a day that is none', 'people: { a: { from: 2026-02-30 } }', 'people.a.from custom'],
    ['a segment that is empty', 'segments: { a: { min: 5, max: 5 } }', 'segments.a custom'],
    [
      'a segment that there is not',
      'territories: [{ id: a, children: [{ id: b, match: { segment: big } }] }]',
      'territories.0.children.0.match.segment E_SEGMENT_UNKNOWN',
    ],
    ['siblings with one id', 'territories: [{ id: a }, { id: a }]', 'territories.1.id E_DUP_ID'],
    [
      'a tiebreak that may leave a tie',
      'matched_account: { keys: {}, accept_score: 1, tiebreak: [Name asc] }',
      'matched_account.tiebreak custom',
    ],
    ['a name in braces that nothing fills', "set: { X__c: '{teritory.path}' }", 'set.X__c E_TEMPLATE_NAME'],
    ['a misspelt target', 'territories: [{ id: a, assign: { quee: Q } }]', 'territories.0.assign unrecognized_keys'],
  ])('refuses %s', (_, text, expected) => {
    expect(problemsOf(text)).toContain(expected);
  });

  it.each([
    ['nothing but a fallback', '{}'],
    ['an empty pool', 'pools: { p: { members: [] } }'],
    ['a pool without members', 'pools: { p: {} }'],
  ])('takes %s', (_, text) => {
    expect(problemsOf(text)).toEqual([]);
  });
});
