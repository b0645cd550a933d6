import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { CHECK, runCheckCommand } from '../../src/cli/check.ts';
import type { CommandWorld } from '../../src/cli/command.ts';
import { TEST } from '../../src/cli/test.ts';
import { problemAt } from '../../src/config/problem.ts';
import { readInstant } from '../../src/domain/instant.ts';

const ORG = `org: { timezone: UTC, default_calendar: always }
extract: { start_at: 2026-10-01T00:00:00Z }
calendars:
  always: { timezone: UTC, open: { mon-sun: ["00:00-24:00"] } }
`;
const PASSING = `tests:
  - name: an hour takes an hour
    due: { calendar: always, from: 2026-11-20T17:20:00Z, add: 1h }
    expect: { at: 2026-11-20T18:20:00Z }
`;
const FAILING = `  - name: an hour takes two
    due: { calendar: always, from: 2026-11-20T17:20:00Z, add: 1h }
    expect: { at: 2026-11-20T19:20:00Z }
`;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function aFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'rolecall-check-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

function aWorld(folder: string): { readonly world: CommandWorld; readonly out: string[]; readonly err: string[] } {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    out: (line: string) => out.push(line),
    err: (line: string) => err.push(line),
    isInteractive: false,
  };
  const world = { terminal, env: { CONFIG_DIR: folder }, signal: new AbortController().signal, onReload: () => {} };
  return { world, out, err };
}

test('rolecall test prints each result with its line, then the count, and exits with 0 when all pass', async () => {
  const folder = aFolder({ 'org.yaml': ORG, 'tests.yaml': PASSING });
  const { world, out, err } = aWorld(folder);

  expect(await TEST.run([], world)).toBe(0);
  expect(out).toEqual([`${folder}/tests.yaml:2 passed an hour takes an hour`, '1 passed, 0 failed']);
  expect(err).toEqual([]);
});

test('rolecall test says below a failed one what was expected and what came, and exits with 2', async () => {
  const folder = aFolder({ 'org.yaml': ORG, 'tests.yaml': PASSING + FAILING });
  const { world, out } = aWorld(folder);

  expect(await TEST.run([], world)).toBe(2);
  expect(out.slice(1)).toEqual([
    `${folder}/tests.yaml:5 failed an hour takes two`,
    '  at: expected "2026-11-20T19:20:00.000Z", came "2026-11-20T18:20:00.000Z"',
    '1 passed, 1 failed',
  ]);
});

test('rolecall test --json gives one array with a result per test', async () => {
  const folder = aFolder({ 'org.yaml': ORG, 'tests.yaml': PASSING + FAILING });
  const { world, out } = aWorld(folder);

  expect(await TEST.run(['--json'], world)).toBe(2);
  expect(out).toHaveLength(1);
  expect(JSON.parse(out[0] ?? '')).toMatchObject([
    { name: 'an hour takes an hour', place: `${folder}/tests.yaml:2`, line: 2, passed: true },
    {
      name: 'an hour takes two',
      place: `${folder}/tests.yaml:5`,
      passed: false,
      expected: { at: '2026-11-20T19:20:00.000Z' },
      actual: { at: '2026-11-20T18:20:00.000Z' },
    },
  ]);
});

test.each([
  [
    'routing',
    'routing: { mode: off, intake: [{ queue: In }], fallback: [{ queue: Out }] }',
    '{ name: to the fallback, lead: { Company: Acme }, expect: { owner: "queue:Out" } }',
  ],
  [
    'sla',
    'sla: { mode: off, touch: { counts: {} }, policies: [{ id: all, when: {}, first_touch: { within: 1h } }] }',
    '{ name: an hour, sla: { policy: all, calendar: always, assigned: 2026-11-20T16:00:00Z }, expect: { due: 2026-11-20T17:00:00Z } }',
  ],
])('rolecall test runs the rules of %s when the module is off', async (_module, section, example) => {
  const { world, out } = aWorld(
    aFolder({ 'org.yaml': `${ORG}${section}\n`, 'tests.yaml': `tests:\n  - ${example}\n` }),
  );

  expect(await TEST.run([], world)).toBe(0);
  expect(out.at(-1)).toBe('1 passed, 0 failed');
});

test('rolecall test does not run on files with errors: they go to stderr, and it exits with 2', async () => {
  const folder = aFolder({ 'org.yaml': ORG, 'tests.yaml': `${PASSING}tset: 1\n` });
  const { world, out, err } = aWorld(folder);

  expect(await TEST.run([], world)).toBe(2);
  expect(out).toEqual([]);
  expect(err.join('\n')).toMatch(/tests\.yaml:5:1 error E_UNKNOWN_KEY .*tset/);
});

test('a configuration without tests passes', async () => {
  const { world, out } = aWorld(aFolder({ 'org.yaml': ORG }));

  expect(await TEST.run([], world)).toBe(0);
  expect(out).toEqual(['no tests']);
});

test('rolecall check prints every problem of all files at once, sorted, and exits with 2', async () => {
  const folder = aFolder({ 'a.yaml': 'tset: 1\nlog: { levle: 3 }\n', 'org.yaml': `${ORG}nope: 1\n` });
  const { world, out } = aWorld(folder);

  expect(await CHECK.run([], world)).toBe(2);
  expect(out.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
    `${folder}/a.yaml:1:1 error E_UNKNOWN_KEY`,
    `${folder}/a.yaml:2:8 error E_UNKNOWN_KEY`,
    `${folder}/org.yaml:5:1 error E_UNKNOWN_KEY`,
  ]);
});

test('rolecall check runs the tests after the problems, and one that fails is an error', async () => {
  const passing = aWorld(aFolder({ 'org.yaml': ORG, 'tests.yaml': PASSING }));
  const failing = aWorld(aFolder({ 'org.yaml': ORG, 'tests.yaml': PASSING + FAILING }));

  expect(await CHECK.run([], passing.world)).toBe(0);
  expect(await CHECK.run([], failing.world)).toBe(2);
  expect(failing.out.at(-1)).toBe('1 passed, 1 failed');
});

test('rolecall check --level syntax looks at no references and runs no tests', async () => {
  const lost = aFolder({
    'org.yaml': ORG.replace('default_calendar: always', 'default_calendar: nowhere'),
    'tests.yaml': FAILING.replace(/^/, 'tests:\n'),
  });
  const { world, out } = aWorld(lost);

  expect(await CHECK.run(['--level', 'syntax'], world)).toBe(0);
  expect(out).toEqual([]);
  expect(await CHECK.run(['--level', 'graph'], world)).toBe(2);
  expect(out.join('\n')).toContain('E_CALENDAR_UNKNOWN');
});

test('rolecall check --json gives problems and tests in one object', async () => {
  const { world, out } = aWorld(aFolder({ 'org.yaml': ORG, 'tests.yaml': PASSING }));

  await CHECK.run(['--json'], world);

  expect(JSON.parse(out.join(''))).toMatchObject({ problems: [], tests: [{ passed: true }] });
});

test('rolecall check --level live asks the org about files without errors and exits with 4 when it disagrees', async () => {
  const folder = aFolder({ 'org.yaml': ORG, 'tests.yaml': PASSING });
  const { world, out } = aWorld(folder);
  const options = {
    folder,
    level: 'live',
    json: false,
    terminal: world.terminal,
    now: readInstant('2026-11-23T10:00:00Z'),
  } as const;
  const place = { file: `${folder}/org.yaml`, line: 1, column: 1 };

  const refused = await runCheckCommand({
    ...options,
    checkOrg: async () => [problemAt(place, 'E_FIELD_UNKNOWN', 'Lead has no field "X__c"')],
  });
  const warned = await runCheckCommand({
    ...options,
    checkOrg: async () => [problemAt(place, 'W_USER_INACTIVE', 'the user "x" is inactive')],
  });

  expect(refused).toBe(4);
  expect(out[0]).toBe(`${folder}/org.yaml:1:1 error E_FIELD_UNKNOWN Lead has no field "X__c"`);
  expect(warned).toBe(0);
  await expect(runCheckCommand({ ...options, checkOrg: null })).rejects.toThrow(/no org/);
});

test('rolecall check refuses a level that there is not', async () => {
  const { world } = aWorld(aFolder({ 'org.yaml': ORG }));

  await expect(CHECK.run(['--level', 'deep'], world)).rejects.toMatchObject({ code: 'usage' });
});
