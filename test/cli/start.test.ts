import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startPrivateRedis } from '../../src/cli/private-redis.ts';
import { startSandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import type { SandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import { startCli } from '../support/cli-process.ts';
import type { Ended, Entrance, Started } from '../support/cli-process.ts';
import { companySeed, TUESDAY } from '../support/company.ts';
import { runHere } from '../support/desk.ts';
import { freshRedis } from '../support/redis.ts';
import type { FreshRedis } from '../support/redis.ts';

type Env = Readonly<Record<string, string>>;

const EXAMPLE = path.resolve(import.meta.dirname, '../../config');

let sandbox: SandboxOrg;
let fresh: FreshRedis;
let folder: string;
/** All that a start needs. */
let complete: Env = {};

beforeAll(async () => {
  sandbox = await startSandboxOrg({ records: companySeed(TUESDAY) });
  sandbox.clock.set(TUESDAY);
  fresh = await freshRedis();
  folder = await mkdtemp(path.join(tmpdir(), 'rolecall-'));
  complete = {
    SF_LOGIN_URL: sandbox.url,
    SF_CLIENT_ID: sandbox.clientId,
    SF_CLIENT_SECRET: sandbox.clientSecret,
    REDIS_URL: fresh.url,
    REDIS_PREFIX: fresh.prefix,
    CONFIG_DIR: EXAMPLE,
    DATA_DIR: path.join(folder, 'data'),
    HTTP_PORT: '0',
  };
});

afterAll(async () => {
  await sandbox.close();
  await fresh[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function start(args: readonly string[], changes: Env = {}, entrance?: Entrance): Started {
  return startCli(['start', ...args], { ...complete, ...changes }, folder, entrance);
}

/** What people read when something is wrong: what and where, then how to mend it, and no stack. */
function expectOneMessage({ err }: Ended, message: RegExp): void {
  expect(err).toMatch(message);
  expect(err.trim().split('\n')).toHaveLength(2);
  expect(err).toMatch(/^rolecall: .+\n {2}→ .+\n$/);
  expect(err).not.toContain(sandbox.clientSecret);
}

describe('a start that cannot succeed says what to mend', () => {
  it.each<[string, Env, number, RegExp]>([
    [
      'a wrong client secret is the org refusing',
      { SF_CLIENT_SECRET: 'not-the-one-of-the-app' },
      4,
      /invalid_client.*\n.*SF_CLIENT_SECRET/is,
    ],
    ['a host that is not there', { SF_LOGIN_URL: 'http://127.0.0.1:1' }, 4, /127\.0\.0\.1:1.*SF_LOGIN_URL/s],
    ['a version that the org has not', { SF_API_VERSION: '99.0' }, 4, /99\.0.*SF_API_VERSION/s],
    ['no flow', { SF_CLIENT_SECRET: '' }, 2, /SF_CLIENT_SECRET.*SF_REFRESH_TOKEN/s],
    ['two flows', { SF_USERNAME: 'a@b.example' }, 2, /SF_USERNAME against SF_CLIENT_SECRET.*keep exactly one/s],
    [
      'a key file that is not there',
      { SF_CLIENT_SECRET: '', SF_USERNAME: 'a@b.example', SF_PRIVATE_KEY_FILE: '/none.pem' },
      2,
      /\/none\.pem/,
    ],
    ['a configuration folder that is not there', { CONFIG_DIR: 'nowhere' }, 2, /"?nowhere"?.*CONFIG_DIR/s],
    ['a port that is none', { HTTP_PORT: '70000' }, 2, /HTTP_PORT/],
    ['a level of the log that is none', { LOG_LEVEL: 'loud' }, 2, /LOG_LEVEL is "loud"/],
  ])('%s', async (_what, changes, code, message) => {
    const ended = await start(['--once'], changes).ended;

    expectOneMessage(ended, message);
    expect(ended.code).toBe(code);
  });

  it('a mistake in the YAML stands with its file, line and column', async () => {
    const config = path.join(folder, 'broken');
    await cp(EXAMPLE, config, { recursive: true });
    await writeFile(path.join(config, 'more.yaml'), 'routingg: {}\n');

    const { code, err } = await start(['--once'], { CONFIG_DIR: config }).ended;

    expect(err).toMatch(/^\S+more\.yaml:1:1 error E_UNKNOWN_KEY .*routing/);
    expect(err).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });

  it('what the org has not stands with the line of the YAML that names it', async () => {
    const org = await startSandboxOrg();

    const { code, err } = await start(['--once'], {
      SF_LOGIN_URL: org.url,
      SF_CLIENT_ID: org.clientId,
      SF_CLIENT_SECRET: org.clientSecret,
      REDIS_PREFIX: `${fresh.prefix}-bare`,
    }).ended;
    await org.close();

    expect(err).toMatch(/^\S+\.yaml:\d+:\d+ error E_\w+ /m);
    expect(err).not.toMatch(/\n\s+at /);
    expect(code).toBe(4);
  });

  it('a mistake in the .env of the working directory, where a variable that is set does not win', async () => {
    const home = path.join(folder, 'home');
    await mkdir(home);
    await writeFile(path.join(home, '.env'), 'LOG_LEVEL=loud\nHTTP_PORT=70000\n');

    const ended = await startCli(['start', '--once'], complete, home).ended;

    // HTTP_PORT is set.
    expectOneMessage(ended, /^rolecall: LOG_LEVEL is "loud"[^;]*; write [^;]*\n/);
    expect(ended.code).toBe(2);
  });

  it('a Redis that may drop keys is refused', async () => {
    const evicting = await startPrivateRedis({ folder: path.resolve(EXAMPLE, '../.redis') });
    const client = new Redis(evicting.url);
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    client.disconnect();

    const ended = await start(['--once'], { REDIS_URL: evicting.url }).ended;
    await evicting.stop();

    expectOneMessage(ended, /"allkeys-lru".*noeviction/s);
    expect(ended.code).toBe(2);
  });
});

describe('wrong usage exits with 1', () => {
  it.each<[string, readonly string[], RegExp]>([
    ['an unknown command, with the nearest one', ['strat'], /"strat" is not a command; did you mean "start"/],
    ['an unknown option', ['start', '--twice'], /--twice/],
    ['a part that there is not', ['start', '--only', 'pollers'], /--only is "pollers".*--only workers/s],
    ['a word too many', ['start', 'now'], /now/],
  ])('%s', async (_what, args, message) => {
    const { code, err } = await runHere(args, complete);

    expect(err.join('\n')).toMatch(message);
    expect(code).toBe(1);
  });
});

const { out: overview } = await runHere(['--help'], {});
const commands = overview.flatMap((line) => /^ {2}(\w+) {2,}\S/.exec(line)?.[1] ?? []);

describe('help', () => {
  it('lists the commands', () => {
    expect(commands).toEqual(expect.arrayContaining(['start', 'demo', 'check', 'test', 'dead']));
  });

  it.each(commands)('of %s comes without asking anybody, and holds no secret', async (command) => {
    const { code, out, err } = await runHere([command, '--help'], complete);

    expect({ code, err }).toEqual({ code: 0, err: [] });
    expect(out[0]).toContain(`rolecall ${command}`);
    expect(out.join('\n')).not.toContain(sandbox.clientSecret);
  });
});

describe.each<Entrance>(['src/main.ts', 'src/launch.cjs'])('a daemon started by %s', (entrance) => {
  it('does all there is to do and ends with 0, one JSON object a line', async () => {
    const { code, out, err } = await start(['--once'], {}, entrance).ended;

    expect({ code, err }).toEqual({ code: 0, err: '' });
    const told = out.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    for (const line of told) {
      expect(line['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(['debug', 'info', 'warn', 'error']).toContain(line['level']);
      expect(line['msg']).toBe(line['event']);
    }
    expect(told.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['config.loaded', 'daemon.started', 'idle', 'daemon.stopped']),
    );
    expect(out.join('\n')).not.toContain(sandbox.clientSecret);
  });

  it('answers on the port that it logs, and ends in order on SIGTERM', async () => {
    const daemon = start([], {}, entrance);
    const { host, port } = await daemon.event('http.listening');
    await daemon.event('daemon.started');

    const pages = await Promise.all(
      ['health', 'ready', 'metrics'].map((page) => fetch(`http://${String(host)}:${String(port)}/${page}`)),
    );
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await pages[2]!.text()).toMatch(/^# TYPE rolecall_/m);

    const asked = performance.now();
    daemon.child.kill('SIGTERM');
    const { code, out, err } = await daemon.ended;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(performance.now() - asked).toBeLessThan(10_000);
    expect(out.at(-1)).toContain('"daemon.stopped"');
  });
});

/** What `/ready` answers, with its status. */
async function ready(daemon: Started) {
  const { host, port } = await daemon.event('http.listening');
  const page = await fetch(`http://${String(host)}:${String(port)}/ready`);
  return { status: page.status, ...((await page.json()) as Record<string, unknown>) };
}

describe('a start that has to wait says so on its pages, and SIGTERM ends it with 0 all the same (I40)', () => {
  it('for an org in maintenance', async () => {
    const outage = sandbox.faults.add({ when: {}, do: { kind: 'answer', status: 503, body: 'Under maintenance' } });
    const daemon = start([]);
    await daemon.event('org.unreachable');
    const problems = ['the daemon is starting: it waits for Salesforce'];
    expect(await ready(daemon)).toEqual({ status: 503, ready: false, problems });

    daemon.child.kill('SIGTERM');

    expect(await daemon.ended).toMatchObject({ code: 0, err: '' });
    outage.off();
  });

  it('for Redis', async () => {
    const daemon = start([], { REDIS_URL: 'redis://127.0.0.1:1' });
    await daemon.event('redis.unreachable');
    expect(await ready(daemon)).toMatchObject({ problems: ['the daemon is starting: it waits for Redis'] });

    daemon.child.kill('SIGTERM');

    expect(await daemon.ended).toMatchObject({ code: 0, err: '' });
  });
});

it('a command whose reader has seen enough ends with its own exit code', async () => {
  const command = startCli(['test'], complete, folder);
  command.stopReading();

  const { code, err } = await command.ended;

  expect(err).not.toContain('EPIPE');
  expect(code).toBe(0);
});
