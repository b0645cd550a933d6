import { describe, expect, test } from 'vitest';

import { problemsIn } from './folder.ts';

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
