import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Fields } from '../../../src/domain/record.ts';
import { Routing } from '../../../src/rules/routing/schema.ts';
import { compileTerritories, matchTerritory } from '../../../src/rules/routing/territories.ts';
import type { TerritoryLevel } from '../../../src/rules/routing/territory-level.ts';
import { NOW, ownerOf, route, routingOf } from './support/builders.ts';
import { exampleRouting } from './support/example.ts';

const COUNTRIES = ['US', 'DE', 'GB', 'FR', 'JP'];

describe('the worked vectors', () => {
  it.each<[string, Fields, string | null, string]>([
    ['TV1: Norway, 1200', { Country: 'Norway', NumberOfEmployees: 1200 }, 'emea/nordics', 'nordics'],
    ['TV2: KR, 50 enters apac and no child of it', { Country: 'KR', NumberOfEmployees: 50 }, null, 'fallback'],
    [
      'TV4: New York, 1000: the earlier sibling wins over the metro',
      { Country: 'US', State: 'NY', NumberOfEmployees: 1000, PostalCode: '10001' },
      'na/na-ent',
      'na-ent',
    ],
    [
      'TV7: New York, size unknown',
      { Country: 'US', State: 'NY', NumberOfEmployees: null, PostalCode: '11201' },
      'na/na-nyc-metro',
      'na-ent',
    ],
    ['TV9: UK, e1 6an', { Country: 'UK', PostalCode: 'e1 6an' }, 'emea/uki/uki-london', 'uki-london'],
    ['TV11: UK, EC1A1BB', { Country: 'UK', PostalCode: 'EC1A1BB' }, 'emea/uki/uki-london', 'uki-london'],
    ['TV15: UK, SW1A 1AA', { Country: 'UK', PostalCode: 'SW1A 1AA' }, 'emea/uki/uki-london', 'uki-london'],
    ['UK, E10 5NP is no E1', { Country: 'UK', PostalCode: 'E10 5NP' }, 'emea/uki', 'uki'],
    ['TV17: Germany, 80331', { Country: 'Germany', PostalCode: '80331' }, 'emea/dach/dach-south', 'dach-south'],
    ['TV18: Germany, 01067', { Country: 'Germany', PostalCode: '01067' }, 'emea/dach', 'dach'],
    ['TV21: India, 50', { Country: 'India', NumberOfEmployees: 50 }, null, 'fallback'],
    ['TV24: Brazil, 5000', { Country: 'Brazil', NumberOfEmployees: 5000 }, null, 'fallback'],
    [
      'TV26: British Columbia, 2000',
      { Country: 'Canada', State: 'British Columbia', NumberOfEmployees: 2000 },
      'na/na-ent/na-ent-west',
      'na-ent-west',
    ],
    ['TV28: FR, 20', { Country: 'FR', NumberOfEmployees: 20 }, 'emea', 'emea-general'],
    [
      'a government’s address goes to a user before its size counts',
      { Country: 'US', Email: 'a@state.gov', NumberOfEmployees: 5000 },
      'na/na-public-sector',
      'pat.lowe@northwind.example',
    ],
  ])('%s', (_, fields, path, target) => {
    const ruling = route(exampleRouting, fields);

    expect(ruling.territory).toBe(path);
    const first = ruling.steps.find(({ verdict }) => verdict === 'yielded');
    expect(first?.step).toBe(path === null ? 'fallback' : 'territory');
    const asked = ruling.skipped[0]?.pool ?? ruling.pool ?? ownerOf(ruling);
    expect(asked).toBe(target === 'fallback' ? 'global-triage' : target);
  });

  it('R6: the deepest territory entered is kept for reports', () => {
    expect(route(exampleRouting, { Country: 'KR' }).matchedPath).toBe('apac');
    expect(route(exampleRouting, { Country: 'Brazil' }).matchedPath).toBeNull();
    expect(route(exampleRouting, { Country: 'Norway' }).matchedPath).toBe('emea/nordics');
  });
});

describe('entering territories (R6)', () => {
  it('never turns back: a first sibling without a place for the lead keeps it', () => {
    const rules = routingOf(`
territories:
  - { id: a, match: { country: [US, DE] }, children: [{ id: us, match: { country: US }, assign: p }] }
  - { id: b, match: { country: DE }, assign: p }
pools: { p: { members: [A] } }`);

    expect(route(rules, { Country: 'DE' })).toMatchObject({ territory: null, matchedPath: 'a', route: 'fallback' });
  });

  it('gives a lead to the nearest ancestor that assigns when the child does not', () => {
    const rules = routingOf(`
territories:
  - { id: a, assign: p, children: [{ id: de, match: { country: DE }, children: [{ id: x, match: { segment: big } }] }] }
segments: { big: { min: 0 }, unknown: { blank: true } }
pools: { p: { members: [A] } }`);

    expect(route(rules, { Country: 'DE', NumberOfEmployees: 5 })).toMatchObject({
      territory: 'a',
      matchedPath: 'a/de/x',
    });
  });

  it('R7: a null input never matches a listed key, and an empty match takes everybody', () => {
    const rules = routingOf(`
territories:
  - { id: state, match: { state: [CA] }, assign: p }
  - { id: postal, match: { postal: { prefix: ['9'] } }, assign: p }
  - { id: country, match: { country: US }, assign: p }
  - { id: rest, assign: p }
pools: { p: { members: [A] } }`);

    expect(route(rules, {}).territory).toBe('rest');
    expect(route(rules, { Country: 'US' }).territory).toBe('country');
    expect(route(rules, { Country: 'US', PostalCode: '94105' }).territory).toBe('postal');
    expect(route(rules, { Country: 'US', State: 'California', PostalCode: '94105' }).territory).toBe('state');
  });

  it('reads a country that is named instead of coded', () => {
    const rules = routingOf(`
territories: [{ id: uk, match: { country: [UK, Deutschland] }, assign: p }]
pools: { p: { members: [A] } }`);

    expect(route(rules, { Country: 'England' }).territory).toBe('uk');
    expect(route(rules, { Country: 'DE' }).territory).toBe('uk');
  });

  it('law: the order of keys within a match does not matter', () => {
    const keys = fc.record({
      country: fc.constantFrom('US', 'DE'),
      state: fc.constantFrom('CA', 'BY'),
      segment: fc.constantFrom('smb', 'ent'),
      when: fc.constantFrom({ Rating: 'Hot' }, { Rating: 'Cold' }),
    });
    const lead = fc.record({
      Country: fc.constantFrom('US', 'DE', null),
      State: fc.constantFrom('CA', 'BY', null),
      NumberOfEmployees: fc.constantFrom(5, 5000, null),
      Rating: fc.constantFrom('Hot', 'Cold', null),
    });
    fc.assert(
      fc.property(
        keys,
        fc.shuffledSubarray(['country', 'state', 'segment', 'when'] as const),
        lead,
        (all, order, fields) => {
          const entries = order.map((key) => [key, all[key]] as const);
          const [forth, back] = [entries, entries.toReversed()].map((match) => {
            const territories = [{ id: 't', match: Object.fromEntries(match), assign: { queue: 'Q' } }];
            const segments = { smb: { min: 0, max: 100 }, ent: { min: 100 }, unknown: { blank: true } };
            return route(routingOf(JSON.stringify({ territories, segments })), fields).territory;
          });
          expect(forth).toBe(back);
        },
      ),
    );
  });

  it('law: looking up by country enters the same territories as asking all siblings in order', () => {
    const node = fc.record({
      countries: fc.subarray(COUNTRIES),
      prefix: fc.option(fc.constantFrom('1', '2', '80'), { nil: null }),
      assigns: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(node, { maxLength: 8 }),
        fc.option(fc.constantFrom(...COUNTRIES, 'BR'), { nil: null }),
        fc.constantFrom('10001', '80331', '99999'),
        (nodes, country, postal) => {
          const roots = compile(
            nodes.map(({ countries, prefix, assigns }, index) => ({
              id: `t${index}`,
              match: {
                ...(countries.length === 0 ? {} : { country: countries }),
                ...(prefix === null ? {} : { postal: { prefix } }),
              },
              ...(assigns ? { assign: 'p' } : {}),
            })),
          );
          const expected = nodes.findIndex(
            ({ countries, prefix }) =>
              (countries.length === 0 || (country !== null && countries.includes(country))) &&
              (prefix === null || postal.startsWith(prefix)),
          );

          const lead = { geo: { country, state: null, postal }, segment: null, fields: {} };

          expect(matchTerritory(roots, lead, NOW).matchedPath).toBe(expected === -1 ? null : `t${expected}`);
        },
      ),
    );
  });
});

describe('territories are filed by what they ask', () => {
  const postal = fc.constantFrom(
    '10001',
    '11201',
    '80331',
    '01067',
    'E16AN',
    'EC1A1BB',
    'SW1A1AA',
    'E1',
    'GIR0AA',
    null,
  );
  const lead = fc.record({
    geo: fc.record({
      country: fc.constantFrom('US', 'DE', 'GB', null),
      state: fc.constantFrom('CA', 'NY', null),
      postal,
    }),
    segment: fc.constantFrom('mid', 'ent', null),
  });
  const match = fc.record(
    {
      country: some('US', 'DE', 'GB'),
      state: some('CA', 'ny'),
      segment: some('mid', 'ent'),
      postal: fc.record(
        {
          prefix: some('1', '100', '80', 'E', 'e1', 'SW1A', 'EC1A 1B', 'GIR'),
          range: some<[string, string]>(['01000', '10999'], ['80000', '89999'], ['0', '9']),
        },
        { requiredKeys: ['prefix'] },
      ),
    },
    { requiredKeys: [] },
  );

  it('law: a lead enters the first sibling that would take it alone', () => {
    fc.assert(
      fc.property(fc.array(match, { minLength: 1, maxLength: 8 }), lead, (matches, place) => {
        const territories = matches.map((own, at) => ({ id: `t${at}`, match: own, assign: 'pool' }));
        const who = { ...place, fields: {} };
        const alone = territories.find((territory) => matchTerritory(compile([territory]), who, NOW).path !== null);

        expect(matchTerritory(compile(territories), who, NOW).path).toBe(alone?.id ?? null);
      }),
    );
  });
});

function some<T>(...values: readonly T[]): fc.Arbitrary<T[]> {
  return fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
}

function compile(territories: readonly object[]): TerritoryLevel {
  const segments = { mid: { max: 1000 }, ent: { min: 1000 } };
  const source = Routing.parse({ fallback: [{ queue: 'Rest' }], segments, territories });
  return compileTerritories(source.territories, new Map());
}
