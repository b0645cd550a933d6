import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { runDaemon, type DaemonSettings } from '../../src/app/run-daemon.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { AppError } from '../../src/domain/error.ts';
import type { EventName, Events, Subscriber } from '../../src/observe/events.ts';
import { startSandboxOrg, type SandboxOrg, type SandboxOrgOptions } from '../../src/sandbox/sandbox-org.ts';
import { freshRedis, type FreshRedis } from './redis.ts';

export type Told = { readonly event: EventName; readonly [field: string]: unknown };

/** A sandbox org, a part of the Redis, and the daemon on both, as many times as a test starts it. */
export type TestWorld = AsyncDisposable & {
  readonly sandbox: SandboxOrg;
  readonly fresh: FreshRedis;
  readonly folder: string;
  /** Every event of every daemon of this world, in order. */
  readonly events: readonly Told[];
  /** `start --once`; resolves when the daemon has stopped. @returns the events of this run */
  once(changes?: Partial<DaemonSettings>): Promise<readonly Told[]>;
  /** `start`; runs until it is stopped. */
  start(changes?: Partial<DaemonSettings>): RunningDaemon;
};

export type RunningDaemon = {
  /** The next event that fits, from now on or from the beginning of this run. */
  seen<E extends EventName>(event: E, fits?: (fields: Events[E]) => boolean): Promise<Events[E]>;
  reload(): void;
  /** Stops it in order and waits for its end. */
  stop(): Promise<void>;
  /** Settles with the daemon. */
  readonly ended: Promise<void>;
};

export const EXAMPLE = path.resolve(import.meta.dirname, '../../config');

/** Polls without pause and stays one second behind, so that tests need not wait. */
export function impatient(config: Config): Config {
  const poll = { Lead: 200, Opportunity: 200, OpportunityContactRole: 200, Task: 200, Event: 200, CampaignMember: 200 };
  return { ...config, extract: { ...config.extract, poll: { ...config.extract.poll, ...poll }, safety_lag: 0 } };
}

export async function startWorld(
  options: SandboxOrgOptions = {},
  settings: { readonly config?: string; readonly adjust?: (config: Config) => Config } = {},
): Promise<TestWorld> {
  const sandbox = await startSandboxOrg(options);
  const fresh = await freshRedis();
  const folder = mkdtempSync(path.join(tmpdir(), 'rolecall-'));
  const events: Told[] = [];
  const watchers = new Set<(told: Told) => void>();
  const running = new Set<RunningDaemon>();
  const adjust = settings.adjust ?? ((config: Config) => config);

  function daemonSettings(changes: Partial<DaemonSettings>, subscriber: Subscriber): DaemonSettings {
    return {
      environment: {
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
        redis: { url: fresh.url, prefix: fresh.prefix, secrets: [] },
        http: { host: '127.0.0.1', port: 0 },
        secrets: [sandbox.clientSecret],
      },
      version: 'test',
      only: null,
      once: false,
      dryRun: false,
      allowOffline: false,
      subscribers: [subscriber],
      adjust: (config) => adjust(impatient(config)),
      ...changes,
    };
  }

  function begin(changes: Partial<DaemonSettings>): RunningDaemon & { readonly own: Told[] } {
    const stopping = new AbortController();
    const own: Told[] = [];
    let reload = (): void => undefined;
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
      own,
      ended,
      reload: () => reload(),
      async seen<E extends EventName>(event: E, fits: (fields: Events[E]) => boolean = () => true) {
        const isIt = (told: Told): boolean => told.event === event && fits(told as unknown as Events[E]);
        const before = own.find(isIt);
        if (before !== undefined) return before as unknown as Events[E];
        const found = Promise.withResolvers<Told>();
        const watch = (told: Told): void => {
          if (isIt(told)) found.resolve(told);
        };
        watchers.add(watch);
        const lost = ended.then(() => Promise.reject(new Error(`the daemon ended before ${event}`)));
        lost.catch(() => undefined);
        return (await Promise.race([found.promise, lost]).finally(() =>
          watchers.delete(watch),
        )) as unknown as Events[E];
      },
      async stop() {
        stopping.abort();
        await ended;
        running.delete(daemon);
      },
    };
    running.add(daemon);
    return daemon;
  }

  return {
    sandbox,
    fresh,
    folder,
    events,
    async once(changes = {}) {
      const daemon = begin({ once: true, ...changes });
      await daemon.ended;
      return daemon.own;
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

/** The example configuration; fails the test when it does not load. */
export function loadExample(): Config {
  const { config, problems } = loadConfig(EXAMPLE);
  if (config === null)
    throw new AppError({ code: 'config-invalid', recovery: 'fix-config', message: JSON.stringify(problems) });
  return config;
}
