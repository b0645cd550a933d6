import { describe, expect, test } from 'vitest';

import { loadConfig } from '../../src/config/load.ts';
import { aFolder, ORG_YAML, errorsIn, problemsIn } from './folder.ts';

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
    [
      'F13: a derived name that there is not',
      'qualification: { suppress: [{ id: a, when: { geo.contry: DE } }] }',
      [
        '1:46 error E_FIELD_UNKNOWN "geo.contry" is neither a derived name nor a field of the org, did you mean "geo.country"?',
      ],
    ],
  ])('%s', (_, rules, problems) => {
    expect(errorsIn(rules)).toEqual(problems.map((problem) => expect.stringContaining(problem)));
  });

  test('are not looked at on the level syntax', () => {
    const folder = aFolder({ 'a.yaml': ORG_YAML.replace('always', 'alway') });

    expect(loadConfig(folder, { level: 'syntax' }).problems).toEqual([]);
    const errors = loadConfig(folder, { level: 'graph' }).problems.filter(({ level }) => level === 'error');
    expect(errors).toHaveLength(1);
  });
});

test('warns of an empty list (F6)', () => {
  expect(problemsIn('lists: { a: [] }')).toEqual([
    expect.stringContaining('1:10 warning W_LIST_EMPTY the list "a" has no entries'),
  ]);
});
