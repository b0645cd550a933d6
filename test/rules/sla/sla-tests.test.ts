import { describe, expect, test } from 'vitest';

import { loadConfig } from '../../../src/config/load.ts';
import { readInstant } from '../../../src/domain/instant.ts';
import { runTest } from '../../../src/rules/expectations/run-test.ts';
import type { TestResult } from '../../../src/rules/expectations/run-test.ts';
import { RuleTest } from '../../../src/rules/expectations/schema.ts';
import { compileRulebook } from '../../../src/rules/rulebook.ts';

type Values = Readonly<Record<string, unknown>>;

const { config } = loadConfig('config');
if (config === null) throw new Error('the configuration of this repository is valid');
const rulebook = compileRulebook(config, null);

/** A hand-raiser of Friday evening in London, unless it says otherwise. */
function run(sla: Values, expected: Values, at: string | null = null): TestResult {
  const subject = { policy: 'hand_raiser', calendar: 'london', assigned: '2026-11-20T17:20:00Z', ...sla };
  return runTest(RuleTest.parse({ name: 'a test', at, sla: subject, expect: expected }), rulebook, longBefore);
}

/** The clock of a machine that runs the tests months before they play. */
const longBefore = readInstant('2026-01-01T00:00:00Z');
/** Names what differs, so that a failure shows it. */
const PASSED = { passed: true, expected: {}, actual: {}, message: null };

function aCall(completed: string, created: string | null = null): Values {
  return { kind: 'Call', completed, created };
}

describe('a test of the SLA in YAML', () => {
  test.each<[string, Values, Values, string | null]>([
    [
      'SV1 has the deadlines of the policy',
      {},
      { first_touch: 'running', due: '2026-11-23T09:20Z', warn: '2026-11-23T09:10Z', reassign: '2026-11-23T10:20Z' },
      '2026-11-20T17:20:00Z',
    ],
    ['SV1 is breached after it was due', {}, { first_touch: 'breached', touches: 0 }, '2026-11-23T09:21:00Z'],
    [
      'SV2 is met by a call at the due instant, whatever the day of the run',
      { touches: [aCall('2026-11-23T09:20:00Z')] },
      { first_touch: 'met', touches: 1 },
      null,
    ],
    [
      'SV5 skips the holiday of the calendar it names',
      { policy: 'standard', calendar: 'los_angeles', assigned: '2026-11-25T23:00:00Z' },
      { warn: '2026-11-26T02:00:00Z', due: '2026-11-27T17:00:00Z', reassign: '2026-12-01T23:00:00Z' },
      null,
    ],
    [
      'SV6 stops the clock in a pause',
      {
        policy: 'standard',
        assigned: '2026-11-23T09:00:00Z',
        paused: [['2026-11-23T10:00:00Z', '2026-11-23T12:00:00Z']],
      },
      { due: '2026-11-23T15:00:00Z' },
      null,
    ],
    ['SV8 has the end of the touch window', {}, { window_ends: '2026-12-04T17:20:00Z' }, null],
    [
      'SV10 judges by the times in the data',
      { touches: [aCall('2026-11-23T09:15:00Z')] },
      { first_touch: 'met' },
      '2026-11-23T12:00:00Z',
    ],
    [
      'SV12 does not believe a task that was logged much later',
      { touches: [aCall('2026-11-23T09:10:00Z', '2026-11-23T11:00:00Z')] },
      { first_touch: 'breached', touches: 1 },
      null,
    ],
    [
      'S3 counts the kinds of the configuration only',
      {
        touches: [
          { kind: 'LinkedIn', completed: '2026-11-23T09:05:00Z' },
          { kind: 'meeting', completed: '2026-11-23T09:10:00Z' },
          { kind: 'email', completed: '2026-11-23T09:10:00Z' },
        ],
      },
      { touches: 2 },
      null,
    ],
    [
      'S3 does not count a meeting that has not begun at the instant of the test',
      { touches: [{ kind: 'Meeting', completed: '2026-11-23T09:15:00Z' }] },
      { first_touch: 'running', touches: 0 },
      '2026-11-23T09:10:00Z',
    ],
    [
      'S11 starts again on the calendar of the new owner',
      {
        touches: [aCall('2026-11-23T09:15:00Z')],
        reassigned: { at: '2026-11-23T10:20:00Z', calendar: 'new_york' },
      },
      { first_touch: 'running', touches: 0, due: '2026-11-23T13:30:00Z', warn: '2026-11-23T13:20:00Z' },
      '2026-11-23T12:00:00Z',
    ],
    ['has the deadlines of another policy', { policy: 'standard' }, { due: '2026-11-23T12:50:00Z' }, null],
  ])('%s', (_what, sla, expected, at) => {
    expect(run(sla, expected, at)).toMatchObject(PASSED);
  });

  test('shows the instant that came', () => {
    expect(run({}, { due: '2026-11-23T09:21:00Z' })).toMatchObject({
      passed: false,
      expected: { due: '2026-11-23T09:21:00.000Z' },
      actual: { due: '2026-11-23T09:20:00.000Z' },
    });
  });

  test.each([
    ['policy', { policy: 'gold' }, 'there is no policy "gold"'],
    ['calendar', { calendar: 'mars' }, 'there is no calendar "mars"'],
    [
      'calendar of a new owner',
      { reassigned: { at: '2026-11-23T10:20:00Z', calendar: 'mars' } },
      'there is no calendar "mars"',
    ],
  ])('names a %s that there is not', (_what, sla, message) => {
    expect(run(sla, {})).toMatchObject({ passed: false, message });
  });

  test('says so when the configuration has no SLA', () => {
    const without = compileRulebook({ ...config, sla: null }, null);
    const subject = { policy: 'standard', calendar: 'london', assigned: '2026-11-20T17:20:00Z' };
    const result = runTest(RuleTest.parse({ name: 'a test', sla: subject, expect: {} }), without, longBefore);

    expect(result).toMatchObject({ passed: false, message: 'the configuration has no section sla' });
  });
});
