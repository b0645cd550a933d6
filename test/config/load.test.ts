import { describe, expect, test } from 'vitest';

import { configHash } from '../../src/config/config-hash.ts';
import { loadConfig } from '../../src/config/load.ts';
import { printProblem } from '../../src/config/problem.ts';
import { AppError } from '../../src/domain/error.ts';
import { aFolder, ORG_YAML } from './folder.ts';

/** The problems of a folder as `rolecall check` prints them, without the folder. */
function problemsOf(files: Readonly<Record<string, string | Uint8Array>>): readonly string[] {
  const folder = aFolder(files);
  return loadConfig(folder).problems.map((problem) => printProblem(problem).replaceAll(`${folder}/`, ''));
}

/** The problems of one file beside the least that must be there. */
function problemsIn(rules: string): readonly string[] {
  const section = rules.slice(0, rules.indexOf(':'));
  const org = ORG_YAML.split('\n').filter((line) => !line.startsWith(`${section}:`));
  return problemsOf({ 'org.yaml': org.join('\n'), 'rules.yaml': rules });
}

describe('the example', () => {
  test('loads without a problem', () => {
    const { config, problems } = loadConfig('config');

    expect(problems).toEqual([]);
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
    const routing = `routing: { fallback: [{ queue: Q }], matched_account: { keys: { country: 10 }, accept_score: 10 } }`;

    expect(problemsIn(routing)).toEqual([]);
  });
});

describe('dialect', () => {
  test.each([
    [
      'F1: a section in two files',
      { 'a.yaml': ORG_YAML, 'b.yaml': 'log: {}', 'c.yaml': '\nlog: {}' },
      ['c.yaml:2:1 error E_DUP_KEY "log" stands in two files, first at b.yaml:1:1'],
    ],
    [
      'F2: a file that is not UTF-8',
      { 'a.yaml': ORG_YAML, 'b.yaml': Uint8Array.of(0x61, 0xff) },
      ['b.yaml:1:1 error E_FILE the file is not text in UTF-8'],
    ],
    [
      'nothing at all',
      { 'a.yaml': '' },
      [
        'a.yaml:1:1 error E_MISSING_KEY "extract" is missing under the configuration',
        'a.yaml:1:1 error E_MISSING_KEY "org" is missing under the configuration',
      ],
    ],
  ])('%s', (_, files: Readonly<Record<string, string | Uint8Array>>, problems) => {
    expect(problemsOf(files)).toEqual(problems);
  });

  test.each([
    [
      'F1: a key twice in one mapping',
      'log:\n  decisions: a\n  decisions: b',
      ['3:3 error E_DUP_KEY this key stands twice'],
    ],
    [
      'F2: a merge key',
      'write:\n  blast_radius:\n    tasks_created: { <<: {}, max: 1, per: 1h }',
      ['3:22 error E_MERGE_KEY merge keys'],
    ],
    ['F2: a custom tag', 'lists: { a: !env HOME }', ['1:18 error E_CUSTOM_TAG the tag "!env" is not allowed']],
    ['F2: two documents', 'log: {}\n---\nlists: {}', ['2:1 error E_MULTI_DOC more than one document']],
    ['F2: YAML 1.1, where NO is false', '%YAML 1.1\n---\nlog: {}', ['1:1 error E_YAML YAML 1.1 is not understood']],
    ['F2: an alias without an anchor', 'lists: { a: *b }', ['1:13 error E_ALIAS "*b" has no anchor']],
    ['F2: an alias inside itself', 'lists: { a: &a [*a] }', ['1:17 error E_ALIAS "*a" contains itself']],
    ['broken YAML', 'log: { decisions: a', ['1:20 error E_YAML ']],
    ['a list of sections', '- log: {}', ['1:1 error E_VALUE a configuration file is a mapping']],
    [
      'F3: an unquoted country',
      'routing:\n  fallback: [{ queue: Q }]\n  territories: [{ id: a, match: { country: [DE, 49] } }]',
      ['3:49 error E_CODE_NOT_STRING 49 is not a string, put quotes around it'],
    ],
    [
      'F3: a state that is not there',
      'routing:\n  fallback: [{ queue: Q }]\n  territories: [{ id: a, match: { state: [~] } }]',
      ['3:43 error E_CODE_NOT_STRING ~ is not a string'],
    ],
    [
      'XE10: an unquoted postal code',
      "routing:\n  fallback: [{ queue: Q }]\n  territories: [{ id: a, match: { postal: { range: [[01067, '09999']] } } }]",
      ['3:54 error E_POSTAL_NOT_STRING 01067 is not a string, put quotes around it'],
    ],
    [
      'F4: an unknown section',
      'contact_rolls: {}',
      ['1:1 error E_UNKNOWN_KEY unknown key "contact_rolls", did you mean "contact_roles"?'],
    ],
    [
      'F4: an unknown key',
      'write:\n  gaurd: [OwnerId]',
      ['2:3 error E_UNKNOWN_KEY unknown key "gaurd", did you mean "guard"?'],
    ],
    [
      'F4: an unknown key that resembles none',
      'api_budget: { zebra: 1 }',
      ['1:15 error E_UNKNOWN_KEY unknown key "zebra"; known: keep_free, daily_calls'],
    ],
    [
      'F4: an unknown operator',
      'qualification: { scope: { Status: { startswith: A } } }',
      [
        '1:37 error E_UNKNOWN_KEY qualification.scope.Status.startswith: unknown operator "startswith", did you mean "starts_with"?',
      ],
    ],
  ])('%s', (_, rules, problems) => {
    const found = problemsIn(rules).filter((line) => line.startsWith('rules.yaml:'));

    expect(found).toEqual(problems.map((problem) => expect.stringContaining(`rules.yaml:${problem}`)));
  });
});

describe('values', () => {
  test.each([
    ['a missing key', 'extract: { overlap: 15m }', ['1:1 error E_MISSING_KEY "start_at" is missing under extract']],
    ['a wrong kind', 'write: { guard: Status }', ['1:17 error E_VALUE write.guard is "Status", expected a list']],
    ['an empty section', 'log:', ['1:1 error E_VALUE log is empty, expected a mapping']],
    [
      'below the minimum',
      'api_budget: { daily_calls: 0 }',
      ['1:28 error E_VALUE api_budget.daily_calls is 0, below the minimum 1'],
    ],
    [
      'not a share',
      'api_budget: { keep_free: 120% }',
      ['1:26 error E_VALUE api_budget.keep_free: "120%" is not a share'],
    ],
    [
      'not an instant',
      'extract: { start_at: 2026-10-01 }',
      ['1:22 error E_VALUE extract.start_at: "2026-10-01" is not an instant'],
    ],
    ['not a length of time', 'extract: { start_at: 2026-10-01T00:00:00Z, overlap: 15 }', ['1:53 error E_DURATION ']],
    [
      'business days without a calendar',
      'extract: { start_at: 2026-10-01T00:00:00Z, overlap: 1bd }',
      ['1:53 error E_DURATION extract.overlap: "1bd" is not a length of elapsed time'],
    ],
    [
      'a poll every 0 seconds',
      'extract: { start_at: 2026-10-01T00:00:00Z, poll: { Lead: 0s } }',
      ['1:58 error E_DURATION '],
    ],
    [
      'not a mode',
      'routing: { mode: enforced, fallback: [{ queue: Q }] }',
      ['1:18 error E_VALUE routing.mode is "enforced", expected one of off, observe, enforce; did you mean "enforce"?'],
    ],
    [
      'a number in a list',
      'lists: { a: [49] }',
      ['1:14 error E_VALUE lists.a.0: a list holds strings, put quotes around 49'],
    ],
    [
      'not a cron line',
      'reports: { a: { cron: 0 25 * * mon } }',
      ['1:23 error E_VALUE reports.a.cron: "0 25 * * mon" is not a cron line'],
    ],
    [
      'an alarm on nothing',
      'reports: { a: { cron: 0 7 * * mon, alarms: [{ metric: sals }] } }',
      ['1:45 error E_VALUE reports.a.alarms.0: an alarm needs "against", "above" or "below"'],
    ],
    [
      'a misspelt key of an alarm',
      'reports: { a: { cron: 0 7 * * mon, alarms: [{ metric: sals, abov: 1, below: 2 }] } }',
      ['1:61 error E_UNKNOWN_KEY unknown key "abov", did you mean "above"?'],
    ],
    [
      'two actions in one',
      'sla: { touch: { counts: {} }, policies: [{ id: a, when: {}, first_touch: { within: 1h }, on_warn: [{ alert: a, set: {} }] }] }',
      ['1:100 error E_VALUE sla.policies.0.on_warn.0: an action is exactly one of'],
    ],
    [
      'F11: a pattern with a look-ahead',
      "sla: { touch: { counts: {}, not_subject: ['(?=x)'] }, policies: [] }",
      ['1:43 error E_REGEX '],
    ],
    [
      'a way out that is not configured',
      'recycle: { dispositions: {}, auto: [{ id: a, when: {}, to: trash }] }',
      ['1:60 error E_MISSING_KEY recycle.auto.0.to: "trash" is not among recycle.dispositions'],
    ],
    [
      'a test of nothing',
      'tests: [{ name: a, expect: {} }]',
      ['1:9 error E_VALUE tests.0: a test has exactly one subject'],
    ],
    [
      'a misspelt expectation',
      'tests: [{ name: a, lead: {}, expect: { outcom: nurture } }]',
      ['1:40 error E_UNKNOWN_KEY unknown key "outcom", did you mean "outcome"?'],
    ],
  ])('%s', (_, rules, problems) => {
    expect(problemsIn(rules)).toEqual(problems.map((problem) => expect.stringContaining(`rules.yaml:${problem}`)));
  });

  test('a URL in place of its variable is never repeated', () => {
    const [problem = ''] = problemsIn('alerts: { leads: { slack: https://hooks.example/T0/B0 } }');

    expect(problem).toContain(
      'rules.yaml:1:27 error E_VALUE alerts.leads.slack: expected the name of an environment variable',
    );
    expect(problem).not.toContain('T0');
  });
});

describe('references', () => {
  const queue = 'fallback: [{ queue: Q }]';

  test.each([
    [
      'a calendar of the company',
      'org: { timezone: UTC, default_calendar: alway }',
      ['1:41 error E_CALENDAR_UNKNOWN "alway" is not a calendar, did you mean "always"?'],
    ],
    [
      'a calendar of a pool',
      `routing: { ${queue}, pools: { a: { calendar: berlin } } }`,
      ['1:62 error E_CALENDAR_UNKNOWN "berlin" is not a calendar; known: always'],
    ],
    [
      'a calendar of a person',
      `routing: { ${queue}, people: { a@b.example: { calendar: berlin } } }`,
      ['E_CALENDAR_UNKNOWN'],
    ],
    [
      'a calendar of a policy',
      'sla: { touch: { counts: {} }, policies: [{ id: a, when: {}, clock: berlin, first_touch: { within: 1h } }] }',
      ['1:68 error E_CALENDAR_UNKNOWN'],
    ],
    [
      'a pool that a territory assigns',
      `routing: { ${queue}, territories: [{ id: a, assign: dahc }], pools: { dach: {} } }`,
      ['1:69 error E_POOL_UNKNOWN "dahc" is not a pool, did you mean "dach"?'],
    ],
    [
      'a pool in the fallback',
      'routing: { fallback: [triage, { queue: Q }] }',
      ['1:23 error E_POOL_UNKNOWN "triage" is not a pool, there are none'],
    ],
    [
      'a pool of a test',
      'tests: [{ name: a, pool: { id: dach, picks: 1 }, expect: {} }]',
      ['1:32 error E_POOL_UNKNOWN'],
    ],
    [
      'a list in a condition',
      'qualification: { suppress: [{ id: a, when: { any: [{ email.domain: { in_list: internal } }] } }] }',
      ['1:79 error E_LIST_UNKNOWN "internal" is not a list, there are none'],
    ],
    ['a list of named accounts', `routing: { ${queue}, named_account: { list: vips } }`, ['E_LIST_UNKNOWN "vips"']],
    [
      'an alert',
      `routing: { ${queue}, handoff: { alert: leads } }`,
      ['1:56 error E_ALERT_UNKNOWN "leads" is not an alert'],
    ],
    [
      'RE20: pools in a circle',
      `routing: { ${queue}, pools: { a: { on_exhausted: b }, b: { on_exhausted: a }, c: { on_exhausted: a } } }`,
      ['1:66 error E_POOL_CYCLE on_exhausted goes in a circle: a > b > a'],
    ],
    [
      'RE20: a default that comes back to itself',
      `routing: { ${queue}, pool_defaults: { on_exhausted: a }, pools: { a: {} } }`,
      ['1:83 error E_POOL_CYCLE on_exhausted goes in a circle: a > a'],
    ],
    [
      'RE21: a user as the last fallback',
      'routing: { fallback: [{ user: a@b.example }] }',
      ['1:23 error E_FALLBACK_NOT_QUEUE'],
    ],
    [
      'RE22: a gap between segments',
      `routing: { ${queue}, segments: { s: { min: 0, max: 100 }, m: { min: 101 }, u: { blank: true } } }`,
      ['1:75 error E_SEGMENT_GAP routing.segments: no segment holds sizes from 100 to below 101'],
    ],
    [
      'R8: overlapping segments',
      `routing: { ${queue}, segments: { s: { min: 0, max: 100 }, m: { min: 99 }, u: { blank: true } } }`,
      ['1:75 error E_SEGMENT_OVERLAP routing.segments: "s" and "m" overlap'],
    ],
    [
      'F18: bounds of unequal width',
      `routing: { ${queue}, territories: [{ id: a, match: { postal: { range: [['1', '22']] } } }] }`,
      ['E_RANGE_WIDTH'],
    ],
    [
      'C3: a role that is not defined',
      'contact_roles: { mode: observe, roles: { user: { values: [Other] } }, stages: [{ stage: Q, require: [usr] }] }',
      ['1:102 error E_ROLE_UNKNOWN'],
    ],
    [
      'C7: a value of two roles',
      'contact_roles: { mode: observe, roles: { a: { values: [X] }, b: { values: [x] } }, stages: [{ stage: Q }] }',
      ['1:76 error E_ROLE_AMBIGUOUS'],
    ],
    [
      'F38a: tasks without their key',
      `routing: { ${queue}, handoff: { task: { subject: Call } } }`,
      ['1:49 error E_MISSING_KEY routing.handoff.task makes tasks, but write.task_key is missing'],
    ],
    ['F6: an empty list', 'lists: { a: [] }', ['1:10 warning W_LIST_EMPTY the list "a" has no entries']],
  ])('%s', (_, rules, problems) => {
    expect(problemsIn(rules)).toEqual(problems.map((problem) => expect.stringContaining(problem)));
  });

  test('are not looked at on the level syntax', () => {
    const folder = aFolder({ 'a.yaml': ORG_YAML.replace('always', 'alway') });

    expect(loadConfig(folder, { level: 'syntax' }).problems).toEqual([]);
    expect(loadConfig(folder, { level: 'graph' }).problems).toHaveLength(1);
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

describe('lists in files', () => {
  const source = 'lists: { vips: { file: lists/vips.csv, columns: [domain, owner] } }';

  test('may have their columns in another order, with a heading', () => {
    const csv = '\uFEFFOwner,Domain,Note\r\n"Ann, A.",acme.example,"says ""hi"""\r\n\r\n';
    const { config } = loadConfig(aFolder({ 'a.yaml': ORG_YAML, 'b.yaml': source, 'lists/vips.csv': csv }));

    expect(config?.lists['vips']).toEqual({
      values: ['acme.example'],
      rows: [{ domain: 'acme.example', owner: 'Ann, A.' }],
      isPresent: true,
    });
  });

  test('need no heading', () => {
    const { config } = loadConfig(
      aFolder({ 'a.yaml': ORG_YAML, 'b.yaml': source, 'lists/vips.csv': 'acme.example\n' }),
    );

    expect(config?.lists['vips']?.rows).toEqual([{ domain: 'acme.example', owner: '' }]);
  });

  test('may be delivered later', () => {
    const { config, problems } = loadConfig(aFolder({ 'a.yaml': ORG_YAML, 'b.yaml': source }));

    expect(problems).toEqual([]);
    expect(config?.lists['vips']).toEqual({ values: [], rows: [], isPresent: false });
  });

  test.each([
    [
      'a column that the heading lacks',
      'domain,ower\nacme.example,ann\n',
      'b.yaml:1:58 error E_LIST_COLUMN the file has no column "owner", did you mean "ower"?',
    ],
    [
      'a quote that is never closed',
      'domain,owner\n"acme,x\n',
      'lists/vips.csv:2:1 error E_LIST_FILE a quote is never closed',
    ],
    ['too many values', 'acme.example,ann,x\n', 'lists/vips.csv:1:1 error E_LIST_FILE 3 values in a line of 2 columns'],
  ])('%s', (_, csv, problem) => {
    const problems = problemsOf({ 'a.yaml': ORG_YAML, 'b.yaml': source, 'lists/vips.csv': csv });

    expect(problems[0]).toContain(problem);
  });
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
