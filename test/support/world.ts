import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { DaemonSettings } from '../../src/app/daemon-settings.ts';
import { runDaemon } from '../../src/app/run-daemon.ts';
import { readRedisEnvironment, type Environment } from '../../src/config/env.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { AppError } from '../../src/domain/error.ts';
import type { EventName, Events, Subscriber } from '../../src/observe/events.ts';
import { startSandboxOrg, type SandboxOrg, type SandboxOrgOptions } from '../../src/sandbox/sandbox-org.ts';
import { createHurriedClock } from './hurried-clock.ts';
import { impatient } from './impatient.ts';
import { freshRedis, type FreshRedis } from './redis.ts';

export type Told = { readonly event: EventName; readonly [field: string]: unknown };

/** A sandbox org, a part of the Redis, and the daemon on both, as many times as a test starts it. */
export type TestWorld = AsyncDisposable & {
  readonly sandbox: SandboxOrg;
  readonly fresh: FreshRedis;
  readonly folder: string;
  /** What every daemon of this world takes from its environment, unless a test says otherwise. */
  readonly environment: Environment;
  /** Every event of every daemon of this world, in order. */
  readonly events: readonly Told[];
  /** `start --once`; resolves when the daemon has stopped. @returns the events of this run */
  once(changes?: Partial<DaemonSettings>): Promise<readonly Told[]>;
  /** `start`; runs until it is stopped. */
  start(changes?: Partial<DaemonSettings>): RunningDaemon;
};

export type RunningDaemon = {
  /** Every event of this run, in order. */
  readonly told: readonly Told[];
  /** The next event that fits, from now on or from the beginning of this run. */
  seen<E extends EventName>(event: E, fits?: (fields: Events[E]) => boolean): Promise<Events[E]>;
  /** The next event that fits, from now on. */
  next<E extends EventName>(event: E, fits?: (fields: Events[E]) => boolean): Promise<Events[E]>;
  /** Settles when the condition holds; it is looked at now and after every event. */
  until(holds: () => boolean): Promise<void>;
  reload(): void;
  /** Stops it in order and waits for its end. */
  stop(): Promise<void>;
  /** Settles with the daemon. */
  readonly ended: Promise<void>;
};

/** Tests let weeks go by within a minute of the machine: no session may end by that. */
const SESSION = 90 * 24 * 3600;

export const EXAMPLE = path.resolve(import.meta.dirname, '../../config');

export type WorldSettings = {
  /** The folder of the YAML; the example unless given. */
  readonly config?: string;
  readonly adjust?: (config: Config) => Config;
  /** A Redis of the test's own; a part of the run's unless given. */
  readonly redisUrl?: string;
};

export async function startWorld(options: SandboxOrgOptions = {}, settings: WorldSettings = {}): Promise<TestWorld> {
  const sandbox = await startSandboxOrg({ sessionSeconds: SESSION, ...options });
  const fresh = await freshRedis();
  const folder = mkdtempSync(path.join(tmpdir(), 'rolecall-'));
  const events: Told[] = [];
  const environment: Environment = {
    configFolder: settings.config ?? EXAMPLE,
    dataFolder: folder,
    logLevel: 'silent',
    logFormat: 'json',
    salesforce: {
      loginUrl: sandbox.url,
      flow: { kind: 'client-credentials', clientId: sandbox.clientId, clientSecret: sandbox.clientSecret },
      apiVersion: '66.0',
      secrets: [sandbox.clientSecret],
    },
    redis: readRedisEnvironment({ REDIS_URL: settings.redisUrl ?? fresh.url, REDIS_PREFIX: fresh.prefix }),
    http: { host: '127.0.0.1', port: 0 },
    secrets: [sandbox.clientSecret],
  };
  const running = new Set<RunningDaemon>();
  const adjust = settings.adjust ?? ((config: Config) => config);

  function daemonSettings(changes: Partial<DaemonSettings>, subscriber: Subscriber): DaemonSettings {
    return {
      environment,
      version: 'test',
      only: null,
      once: false,
      dryRun: false,
      allowOffline: false,
      subscribers: [subscriber],
      adjust: (config) => adjust(impatient(config)),
      // An org that stands still is not ahead of itself, however long its answers take.
      ...(options.frozenAt === undefined ? {} : { orgTimer: () => sandbox.clock.now() }),
      ...changes,
    };
  }

  function begin(changes: Partial<DaemonSettings>): RunningDaemon {
    const stopping = new AbortController();
    const own: Told[] = [];
    const watchers = new Set<(told: Told) => void>();
    let reload: (() => void) | null = null;
    const subscriber: Subscriber = (event, fields) => {
      const told: Told = { event, ...fields };
      own.push(told);
      events.push(told);
      for (const watch of watchers) watch(told);
    };
    const ended = runDaemon(daemonSettings(changes, subscriber), {
      stop: stopping.signal,
      onReload: (listener) => {
        reload = listener;
      },
    });
    ended.catch(() => undefined);
    const daemon = {
      told: own,
      ended,
      reload: () => reload?.(),
      async seen<E extends EventName>(event: E, fits: (fields: Events[E]) => boolean = () => true) {
        const before = own.find(isOf(event, fits));
        return before === undefined ? daemon.next(event, fits) : (before as unknown as Events[E]);
      },
      async next<E extends EventName>(event: E, fits: (fields: Events[E]) => boolean = () => true) {
        const isIt = isOf(event, fits);
        let found: Told | undefined;
        await watch((told) => {
          if (isIt(told)) found ??= told;
          return found !== undefined;
        }, event);
        return found as unknown as Events[E];
      },
      async until(holds: () => boolean) {
        if (!holds()) await watch(holds, 'what was awaited');
      },
      async stop() {
        stopping.abort();
        await ended;
        running.delete(daemon);
      },
    };
    running.add(daemon);
    return daemon;

    /** Looks at every event of this run until one is enough; fails when the daemon ends first. */
    async function watch(isEnough: (told: Told) => boolean, awaited: string): Promise<void> {
      const enough = Promise.withResolvers<void>();
      const watcher = (told: Told): void => {
        if (isEnough(told)) enough.resolve();
      };
      watchers.add(watcher);
      const lost = ended.then(() => Promise.reject(new Error(`the daemon ended before ${awaited}`)));
      lost.catch(() => undefined);
      await Promise.race([enough.promise, lost]).finally(() => watchers.delete(watcher));
    }
  }

  return {
    sandbox,
    fresh,
    folder,
    environment,
    events,
    async once(changes = {}) {
      const daemon = begin({ once: true, clock: createHurriedClock(20, sandbox.clock), ...changes });
      await daemon.ended;
      return daemon.told;
    },
    start: (changes = {}) => begin(changes),
    async [Symbol.asyncDispose]() {
      for (const daemon of running) await daemon.stop().catch(() => undefined);
      await sandbox.close();
      await fresh[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isOf<E extends EventName>(event: E, fits: (fields: Events[E]) => boolean): (told: Told) => boolean {
  return (told) => told.event === event && fits(told as unknown as Events[E]);
}

/** The example configuration; fails the test when it does not load. */
export function loadExample(): Config {
  const { config, problems } = loadConfig(EXAMPLE);
  if (config === null)
    throw new AppError({ code: 'config-invalid', recovery: 'fix-config', message: JSON.stringify(problems) });
  return config;
}
