import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { lintRouting } from '../../src/config/lint.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Located } from '../../src/config/located.ts';
import { Routing } from '../../src/rules/routing/schema.ts';

const NOWHERE: Located = { locate: () => ({ file: 'routing.yaml', line: 1, column: 1 }), valueAt: () => undefined };

const POOLS = { p: { members: ['a'] } };

/** The warnings of lint about these territories, without their places. */
function lint(territories: readonly object[], changes: object = {}): readonly string[] {
  const segments = { mid: { max: 1000 }, ent: { min: 1000 }, unknown: { blank: true } };
  const source = Routing.parse({ fallback: [{ queue: 'Rest' }], segments, pools: POOLS, territories, ...changes });
  return lintRouting(source, NOWHERE).map(
    ({ code, message }) => `${code} ${/^[^"]*"([^"]+)"/.exec(message)?.[1] ?? ''}`,
  );
}

function to(id: string, match: object, children: readonly object[] = []): object {
  return { id, match, assign: 'p', children };
}

describe('lint on the example (F6)', () => {
  it('finds exactly its two warnings, with their places', () => {
    const { problems } = loadConfig(path.resolve(import.meta.dirname, '../../config'));

    expect(problems.map(({ line, column, code, message }) => ({ line, column, code, message }))).toEqual([
      {
        line: 90,
        column: 15,
        code: 'W_OVERLAP',
        message:
          '"na-nyc-metro" matches only a part of what it asks for: "na-ent" and "na-mid" before it take the rest',
      },
      {
        line: 110,
        column: 11,
        code: 'W_NO_ASSIGN',
        message: '"apac" assigns nobody: a lead that enters none of its children goes to the fallback',
      },
    ]);
  });
});

describe('siblings that hide others', () => {
  const DE_8 = { country: 'DE', postal: { prefix: '8' } };
  it.each<[string, readonly object[], readonly string[]]>([
    ['the same again is shadowed', [to('a', { country: 'DE' }), to('b', { country: 'DE' })], ['W_SHADOWED b']],
    ['a part of one is shadowed', [to('a', { country: ['DE', 'AT'] }), to('b', DE_8)], ['W_SHADOWED b']],
    ['what several take together is shadowed', [to('a', { segment: 'mid' }), to('b', { segment: ['ent', 'unknown'] }), to('c', { segment: ['mid', 'ent'] })], ['W_SHADOWED c']], // oxfmt-ignore
    ['one that has something left overlaps', [to('a', DE_8), to('b', { country: 'DE' })], ['W_OVERLAP b']],
    ['crossing ranges overlap', [to('a', { country: 'US', postal: { range: [['10000', '19999']] } }), to('b', { country: 'US', postal: { range: [['15000', '25000']] } })], ['W_OVERLAP b']], // oxfmt-ignore
    ['ranges that touch cover', [to('a', { country: 'US', postal: { range: [['10000', '14999'], ['15000', '19999']] } }), to('b', { country: 'US', postal: { prefix: ['12', '199'] } })], ['W_SHADOWED b']], // oxfmt-ignore
    ['ten prefixes cover one', [to('a', { country: 'DE', postal: { prefix: Array.from({ length: 10 }, (_none, at) => `8${at}`) } }), to('b', DE_8)], ['W_SHADOWED b']], // oxfmt-ignore
    ['other countries do not meet', [to('a', { country: 'DE' }), to('b', { country: 'AT' })], []],
    ['other states do not meet', [to('a', { state: 'CA' }), to('b', { state: 'ny' })], []],
    ['E1 hides E1W', [to('a', { country: 'GB', postal: { prefix: 'E1' } }), to('b', { country: 'GB', postal: { prefix: 'E1W' } })], ['W_SHADOWED b']], // oxfmt-ignore
    ['E1 does not meet E10 (F19)', [to('a', { country: 'GB', postal: { prefix: 'E1' } }), to('b', { country: 'GB', postal: { prefix: 'E10' } })], []], // oxfmt-ignore
    ['elsewhere 1 hides 10', [to('a', { country: 'FR', postal: { prefix: '1' } }), to('b', { country: 'FR', postal: { prefix: '10' } })], ['W_SHADOWED b']], // oxfmt-ignore
    ['a node with a condition never shadows', [to('a', { country: 'DE', when: { Rating: 'Hot' } }), to('b', { country: 'DE' })], []], // oxfmt-ignore
    ['a node with a condition can be shadowed', [to('a', { country: 'DE' }), to('b', { country: 'DE', when: { Rating: 'Hot' } })], ['W_SHADOWED b']], // oxfmt-ignore
    ['a last sibling that asks nothing is the rest', [to('a', { country: 'DE' }), to('b', {})], []],
    ['nothing comes after one that asks nothing', [to('a', {}), to('b', { country: 'DE' })], ['W_SHADOWED b']],
    ['a child that asks for what its parent leaves out', [to('a', { country: 'DE' }, [to('b', { country: 'FR' })])], ['W_SHADOWED b']], // oxfmt-ignore
    ['children that share all their parent has', [to('a', { country: ['DE', 'AT'] }, [to('b', { country: 'DE' }), to('c', { country: 'AT' }), to('d', { segment: 'mid' })])], ['W_SHADOWED d']], // oxfmt-ignore
  ])('%s', (_what, territories, expected) => {
    expect(lint(territories)).toEqual(expected);
  });
});

describe('leads that nobody gets', () => {
  it.each<[string, readonly object[], readonly string[]]>([
    ['a territory without assign', [{ id: 'a', match: { country: 'DE' } }, to('b', { country: 'FR' })], ['W_NO_ASSIGN a']], // oxfmt-ignore
    ['a parent assigns for its child', [to('a', {}, [{ id: 'b', match: { country: 'DE' } }])], []],
    ['children that take everything assign for their parent', [{ id: 'a', match: { country: ['DE', 'AT'] }, children: [to('b', { country: 'DE' }), to('c', {})] }], []], // oxfmt-ignore
    ['a child with a condition does not', [{ id: 'a', match: { country: 'DE' }, children: [to('b', { when: { Rating: 'Hot' } })] }], ['W_NO_ASSIGN a']], // oxfmt-ignore
  ])('%s', (_what, territories, expected) => {
    expect(lint(territories)).toEqual(expected);
  });
});

describe('pools that nobody gets to', () => {
  const chain = { p: { members: ['a'], on_exhausted: 'q' }, q: { members: ['b'] } };

  it('a pool at the end of a chain is reached', () => {
    expect(lint([to('a', {})], { pools: chain })).toEqual([]);
  });

  it('a pool in the fallback is reached', () => {
    expect(lint([], { fallback: ['p', { queue: 'Rest' }] })).toEqual([]);
  });

  it('a pool that only other unreached pools name is not', () => {
    expect(lint([], { pools: chain })).toEqual(['W_UNREACHABLE_POOL p', 'W_UNREACHABLE_POOL q']);
  });

  it('a pool without members is empty', () => {
    expect(lint([to('a', {})], { pools: { p: {} } })).toEqual(['W_EMPTY_POOL p']);
  });
});

it.each([
  { accept_score: 10, found: ['W_COUNTRY_ALONE country'] },
  { accept_score: 11, found: [] },
])('R5: a country alone makes no account the lead’s, whatever its points: $accept_score', ({ accept_score, found }) => {
  const keys = { email_domain: 60, country: 10 };

  expect(lint([to('a', {})], { matched_account: { keys, accept_score } })).toEqual(found);
});

it('tells what is wrong, and which others are meant (F6)', () => {
  const shadowed = [to('a', { country: 'DE' }), to('b', { country: 'AT' }), to('c', { country: ['DE', 'AT'] })];
  const childless = { id: 'd', match: { country: 'FR' } };
  const pools = { p: { members: ['x'] }, q: { members: [] } };
  const source = Routing.parse({ fallback: [{ queue: 'Rest' }], pools, territories: [...shadowed, childless] });

  expect(lintRouting(source, NOWHERE).map(({ code, message }) => `${code} ${message}`)).toEqual([
    'W_SHADOWED "c" can never match: "a" and "b" before it take all its leads',
    'W_NO_ASSIGN "d" assigns nobody: its leads go to the fallback',
    'W_UNREACHABLE_POOL no territory, no fallback and no on_exhausted leads to the pool "q"',
    'W_EMPTY_POOL the pool "q" has no members and gives nothing to anybody',
  ]);
});

it('finds nothing wrong with 2,000 territories that do not meet', () => {
  const territories = Array.from({ length: 2000 }, (_none, at) =>
    to(`t${at}`, { country: at % 2 === 0 ? 'DE' : 'FR', postal: { prefix: String(at).padStart(4, '0') } }),
  );
  expect(lint(territories)).toEqual([]);
});
