import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { forgetRun } from '../app/redis-desk.ts';
import { runDaemon } from '../app/run-daemon.ts';
import { readLocalEnvironment, type Environment } from '../config/env.ts';
import type { Config } from '../config/schema.ts';
import type { EventName, Subscriber } from '../observe/events.ts';
import { createLog } from '../observe/log.ts';
import { demoSeed } from '../sandbox/seed/demo-seed.ts';
import { startSandboxOrg, type SandboxOrg } from '../sandbox/sandbox-org.ts';
import { EXIT, type Command, type Terminal } from './command.ts';
import { playScenes } from './demo-scenes.ts';
import { createTally } from './demo-tally.ts';
import { startPrivateRedis } from './private-redis.ts';
import { readVersion } from './start.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** A month: days pass in seconds here, and an org that ends a session just begun looks like one that refuses it. */
const SESSION_SECONDS = 30 * 86_400;

/** A Tuesday on which Europe is at work and the east of America has just begun. */
const DEMO_TIME = Date.parse('2026-11-24T14:05:00Z');

const HELP = `rolecall demo [--once]

Runs the daemon with the example configuration against a Salesforce org that is built in: 400 leads, 250 opportunities.
It needs no credentials and no Redis: it starts its own of both, on loopback, and takes them along when it ends.
First it brings the org in order; then people of the org change things, and the log shows what the daemon answers.

  --once   end by itself after that; without it the demo runs on until Ctrl-C`;

export const DEMO: Command = {
  name: 'demo',
  summary: 'show the daemon at work on a built-in org, without credentials',
  help: HELP,
  async run(args, { terminal, env, signal, onReload }) {
    const { values } = parseArgs({ args: [...args], options: { once: { type: 'boolean', default: false } } });
    const local = readLocalEnvironment({ LOG_FORMAT: 'pretty', ...env }, { isTerminal: true });
    const ending = new AbortController();
    const stop = AbortSignal.any([signal, ending.signal]);

    const redis = await openRedis(env['REDIS_URL'], terminal, stop);
    const sandbox = await startSandboxOrg({ records: demoSeed(DEMO_TIME), sessionSeconds: SESSION_SECONDS });
    sandbox.clock.set(DEMO_TIME);
    try {
      const environment = demoEnvironment(sandbox, redis, local.logLevel);
      const log = createLog({ level: local.logLevel, format: local.logFormat, secrets: environment.secrets });
      const tally = createTally(sandbox);
      const daemon = runDaemon(
        {
          environment,
          version: readVersion(),
          only: null,
          once: false,
          dryRun: false,
          allowOffline: false,
          subscribers: [withoutWarnings(log.subscriber), tally.subscriber],
          adjust: everySecond,
        },
        // Who closes the terminal wants it gone: a hang-up ends the demo.
        { stop, onReload: () => onReload(() => ending.abort()) },
      );
      const show = playScenes(sandbox, tally, terminal, stop).then(() => {
        terminal.out(tally.summary());
        if (values.once) ending.abort();
        else terminal.out('The demo runs on: people may change things at any time. Ctrl-C ends it.');
      });
      // Whichever fails ends the other.
      await Promise.all([daemon, show.catch((error: unknown) => endWith(error, ending, signal))]);
      return EXIT.ok;
    } finally {
      await sandbox.close();
      await redis.stop();
    }
  },
};

type DemoRedis = { readonly url: string; readonly prefix: string; readonly stop: () => Promise<void> };

/** The Redis of REDIS_URL, with keys of this run's own that go with it, else a private one. */
async function openRedis(given: string | undefined, terminal: Terminal, signal: AbortSignal): Promise<DemoRedis> {
  if (given === undefined || given.trim() === '') {
    terminal.out('Starting a private Redis and a Salesforce org on loopback …');
    const redis = await startPrivateRedis({ folder: path.join(ROOT, '.redis'), signal });
    return { ...redis, prefix: 'rolecall' };
  }
  terminal.out('Starting a Salesforce org on loopback; Redis is that of REDIS_URL …');
  const prefix = `rolecall-demo-${randomUUID()}`;
  return { url: given, prefix, stop: () => forgetRun({ url: given, prefix }) };
}

function demoEnvironment(sandbox: SandboxOrg, redis: DemoRedis, logLevel: string): Environment {
  return {
    configFolder: path.join(ROOT, 'config'),
    dataFolder: path.join(ROOT, 'data', 'demo'),
    logLevel,
    logFormat: 'pretty',
    salesforce: {
      loginUrl: sandbox.url,
      flow: {
        kind: 'jwt',
        clientId: sandbox.clientId,
        username: sandbox.username,
        privateKey: sandbox.privateKeyPem,
        audience: 'https://login.salesforce.com',
      },
      apiVersion: '66.0',
      secrets: [],
    },
    redis: { url: redis.url, prefix: redis.prefix, secrets: [] },
    http: { host: '127.0.0.1', port: 0 },
    secrets: [sandbox.privateKeyPem],
  };
}

/** The example is made so that the lint finds two things in it, and its alerts lead nowhere here: nothing to think about. */
const BESIDE_THE_POINT: ReadonlySet<EventName> = new Set(['config.warning', 'alert.unsent']);

function withoutWarnings(subscriber: Subscriber): Subscriber {
  return (event, fields, level) => {
    if (!BESIDE_THE_POINT.has(event)) subscriber(event, fields, level);
  };
}

/** The example as it is, but for the pace: nobody wants to watch a poll every thirty seconds. */
function everySecond(config: Config): Config {
  const { extract } = config;
  const poll = { ...extract.poll, Lead: 1_000, Opportunity: 1_000, OpportunityContactRole: 1_000 };
  return { ...config, extract: { ...extract, poll, safety_lag: 1_000 } };
}

function endWith(error: unknown, ending: AbortController, signal: AbortSignal): void {
  ending.abort();
  if (!signal.aborted) throw error;
}
