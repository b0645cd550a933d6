import { describe, expect, test } from 'vitest';

import { configHash, opportunityRulesHash } from '../../src/config/config-hash.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import type { PoolSource } from '../../src/rules/routing/pool-schema.ts';
import { AppError } from '../../src/domain/error.ts';
import { aFolder, ORG_YAML, problemsIn, problemsOf } from './folder.ts';

describe('the example', () => {
  test('loads with no more than the two warnings of lint', () => {
    const { config, problems } = loadConfig('config');

    expect(problems.map(({ code }) => code)).toEqual(['W_OVERLAP', 'W_NO_ASSIGN']);
    expect(config?.routing?.mode).toBe('enforce');
  });

  test('reads lengths of elapsed time as milliseconds, and instants', () => {
    const { config } = loadConfig('config');

    expect(config?.extract.poll.User).toBe(600_000);
    expect(config?.extract.start_at).toBe(Date.parse('2026-10-01T00:00:00Z'));
    expect(config?.api_budget.keep_free).toBe(0.2);
  });

  test('reads a list from its file, by column', () => {
    const { config } = loadConfig('config');

    expect(config?.lists['named_accounts']?.rows[1]).toEqual({
      domain: 'fjord-energy.example',
      account_id: '001Hs00003kQ7WbIAK',
      owner: 'ron@northwind.example',
    });
    expect(config?.lists['restricted_countries']?.values).toEqual(['KP', 'IR', 'SY', 'CU']);
  });
});

describe('a small configuration', () => {
  test('needs org and extract only; modules that it does not name are null', () => {
    const { config, problems } = loadConfig(aFolder({ 'rolecall.yaml': ORG_YAML }));

    expect(problems).toEqual([]);
    expect(config).toMatchObject({ routing: null, contact_roles: null, tests: [], write: { task_key: null } });
  });

  test('F1: may be cut into files at will', () => {
    const [org = '', extract = '', calendars = ''] = ORG_YAML.split('\n');
    const { config } = loadConfig(aFolder({ 'a.yaml': org, 'b.yaml': extract, 'c.yaml': calendars, 'notes.md': '#' }));

    expect(config?.org.default_calendar).toBe('always');
  });

  test('XE11: country codes NO and ON stay texts', () => {
    const routing = `routing: { fallback: [{ queue: Q }], territories: [{ id: a, match: { country: [SE, NO, DK], state: ON } }] }`;
    const { config } = loadConfig(aFolder({ 'org.yaml': ORG_YAML, 'routing.yaml': routing }));

    expect(config?.routing?.territories[0]?.match).toMatchObject({ country: ['SE', 'NO', 'DK'], state: ['ON'] });
  });

  test('F2: aliases may repeat a value', () => {
    const lists = `lists: { a: &domains [x.example], b: *domains }`;
    const { config } = loadConfig(aFolder({ 'org.yaml': ORG_YAML, 'lists.yaml': lists }));

    expect(config?.lists['b']?.values).toEqual(['x.example']);
  });

  test('F3: the points for a matching country are a number', () => {
    const routing = `routing: { fallback: [{ queue: Q }], matched_account: { keys: { email_domain: 60, country: 10 }, accept_score: 60 } }`;

    expect(problemsIn(routing)).toEqual([]);
  });
});

test('F6: all problems of all files come at once, sorted', () => {
  const problems = problemsOf({
    'a.yaml': ORG_YAML.replace('always }', 'nope }'),
    'b.yaml': `routing:
  fallback: [{ user: a@b.example }]
  segments: { s: { min: 0, max: 100 }, m: { min: 101 }, u: { blank: true } }
  pool_defaults: { max_wait: 3w, on_exhausted: nope, stratgy: fixed }
  territories:
    - id: a
      match: { when: { A: { matches: '(?=a)' }, B: { in_list: nope } }, postal: { range: [[01067, '1']] } }
      assign: nope
`,
    'c.yaml': `contact_roles:
  mode: observe
  roles: { user: { values: [Other] } }
  stages: [{ stage: Q, require: [usr] }]
  grace: { after_stage_entry: soon }
`,
  });

  expect(problems.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
    'a.yaml:1:51 error E_CALENDAR_UNKNOWN',
    'b.yaml:2:14 error E_FALLBACK_NOT_QUEUE',
    'b.yaml:3:40 error E_SEGMENT_GAP',
    'b.yaml:4:30 error E_DURATION',
    'b.yaml:4:48 error E_POOL_UNKNOWN',
    'b.yaml:4:54 error E_UNKNOWN_KEY',
    'b.yaml:7:38 error E_REGEX',
    'b.yaml:7:63 error E_LIST_UNKNOWN',
    'b.yaml:7:91 error E_RANGE_WIDTH',
    'b.yaml:7:92 error E_POSTAL_NOT_STRING',
    'b.yaml:8:15 error E_POOL_UNKNOWN',
    'c.yaml:4:34 error E_ROLE_UNKNOWN',
    'c.yaml:5:31 error E_DURATION',
  ]);
});

test('F6: an error leaves no configuration, a warning does', () => {
  expect(loadConfig(aFolder({ 'a.yaml': `${ORG_YAML}lists: { a: [] }` })).config).not.toBeNull();
  expect(loadConfig(aFolder({ 'a.yaml': `${ORG_YAML}lists: { a: 1 }` })).config).toBeNull();
});

describe('a loaded configuration', () => {
  test('cannot be changed, however deep', () => {
    const { config } = loadConfig('config');
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));

    expect(frozen(config)).toBe(true);
  });

  test('F39: has the same hash whatever the order, the files and the comments', () => {
    const [org = '', ...rest] = ORG_YAML.split('\n');
    const reordered = aFolder({ 'z.yaml': `# the company\n${org}`, 'a.yaml': rest.toReversed().join('\n') });

    expect(hashOf(reordered)).toBe(hashOf(aFolder({ 'a.yaml': ORG_YAML })));
    expect(hashOf(reordered)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('F39: has another hash when a rule or an entry of a list changes, but not with a new test', () => {
    const base = {
      'a.yaml': ORG_YAML,
      'b.yaml': 'lists: { a: { file: a.csv, columns: [domain] } }',
      'a.csv': 'x.example',
    };
    const hash = hashOf(aFolder(base));

    expect(hashOf(aFolder({ ...base, 'a.csv': 'y.example' }))).not.toBe(hash);
    expect(hashOf(aFolder({ ...base, 'c.yaml': 'api_budget: { daily_calls: 5 }' }))).not.toBe(hash);
    expect(hashOf(aFolder({ ...base, 'c.yaml': 'tests: [{ name: a, lead: {}, expect: {} }]' }))).toBe(hash);
  });
});

test('the rules of opportunities are others when what a deal is judged by changes, and no others when anything else does', () => {
  const { config } = loadConfig('config');
  const { org, contact_roles: roles, routing, extract, qualification } = config!;
  const rules = (change: Partial<Config>): string => opportunityRulesHash({ ...config!, ...change });
  const [name, pool] = Object.entries(routing!.pools)[0]!;
  const withPool = (changed: Partial<PoolSource>): Partial<Config> => ({
    routing: { ...routing!, pools: { ...routing!.pools, [name]: { ...pool, ...changed } } },
  });

  expect(qualification).not.toBeNull();
  for (const same of [
    { extract: { ...extract, overlap: 1 } },
    { qualification: null },
    withPool({ exclude_previous: 3 }),
  ])
    expect(rules(same)).toBe(rules({}));
  for (const other of [
    { org: { ...org, default_calendar: 'other' } },
    { contact_roles: { ...roles!, mode: 'observe' as const } },
    { opportunity_criteria: null },
    withPool({ calendar: 'other' }),
    withPool({ members: [] }),
  ])
    expect(rules(other)).not.toBe(rules({}));
});

test.each([
  ['that is not there', '/no/such/folder'],
  ['without YAML', aFolder({ 'readme.md': '' })],
])('a folder %s is one plain error', (_, folder) => {
  expect(() => loadConfig(folder)).toThrow(AppError);
});

function hashOf(folder: string): string {
  const { config } = loadConfig(folder);
  if (config === null) throw new Error('the configuration has errors');
  return configHash(config);
}
