import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { createBullQueues } from '../adapters/bullmq.ts';
import { createRedisState } from '../adapters/redis-state.ts';
import {
  connectForCommands,
  forgetKeys,
  inspectRedis,
  isReady,
  type RedisConnection,
  type RedisSettings,
} from '../adapters/redis.ts';
import type { Deadlines } from '../adapters/salesforce/settings.ts';
import { dataPath } from '../config/data-path.ts';
import type { Environment } from '../config/env.ts';
import type { Config } from '../config/schema.ts';
import { AppError } from '../domain/error.ts';
import { OBJECT_OF, type WorkKind } from '../domain/work.ts';
import { loadFrame, type FrameSettings, type LoadedFrame } from './load-frame.ts';
import { openDecisionLog } from '../observe/decision-log.ts';
import { createObserver, type Observer, type Subscriber } from '../observe/events.ts';
import { serveStatusPages, type Health } from '../observe/http.ts';
import { createMetrics, type Metrics } from '../observe/metrics.ts';
import { openSalesforce } from './open-salesforce.ts';
import { keepLease } from '../poll/lease.ts';
import { pollUntilIdle, runPollLoop, type LoopSettings, type LoopWorld } from '../poll/poll-loop.ts';
import type { Clock, Salesforce, State, WorkQueues } from '../ports.ts';
import { evaluateOpportunities } from '../workers/evaluate-opportunities.ts';
import { createOrgGate, type OrgGate } from '../workers/org-gate.ts';
import { refreshUsers } from '../workers/read-org.ts';
import { routeLeads } from '../workers/route-leads.ts';
import { runBatch } from '../workers/run-batch.ts';
import { setAside } from '../workers/settle.ts';
import type { WorkWorld } from '../workers/work-world.ts';

export type DaemonSettings = {
  readonly environment: Environment;
  readonly version: string;
  readonly only: 'poller' | 'workers' | null;
  /** Ends when nothing is left to do. */
  readonly once: boolean;
  /** Decides and logs, and writes nothing to the org; its queues and memories are its own. */
  readonly dryRun: boolean;
  /** Starts without asking the org whether the configuration fits it (F5). */
  readonly allowOffline: boolean;
  /** Receive every event besides the metrics: the log, and whoever waits for one. */
  readonly subscribers: readonly Subscriber[];
  /** Changes the configuration after it is read; `demo` polls every second. */
  readonly adjust?: (config: Config) => Config;
  /** How long calls to the org may take, where not as long as the adapter lets them by itself. */
  readonly deadlines?: Partial<Deadlines>;
  /** Real time unless given; what waits for minutes need not take minutes in a test. */
  readonly clock?: Clock;
};

export type DaemonSignals = {
  /** Stops the daemon in order. */
  readonly stop: AbortSignal;
  /** Calls the listener when the configuration is to be read again. */
  readonly onReload: (listener: () => void) => void;
};

/** How long a batch may go on after the signal to stop, ms; the whole stop takes less than ten seconds. */
const GRACE = 6_000;

const CLOCK: Clock = {
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal });
  },
};

/**
 * The daemon: starts everything, runs until it is stopped (or, with `once`, until nothing is left to do), and stops what
 * it started, last in first out.
 * @throws AppError when it cannot start or go on, with how to mend it
 */
export async function runDaemon(settings: DaemonSettings, signals: DaemonSignals): Promise<void> {
  const metrics = createMetrics();
  const observer = createObserver([metrics.subscriber, ...settings.subscribers]);
  const closers: Closer[] = [];
  // Aborts as well when a module can only go on after a person has mended something and nobody waits for that.
  const failing = new AbortController();
  const stop = AbortSignal.any([signals.stop, failing.signal]);
  let running: Running | null = null;
  try {
    const clock = settings.clock ?? CLOCK;
    const fail = (error: AppError): void => failing.abort(error);
    running = await start(settings, { observer, metrics, clock, closers, stop, fail });
    const { reload } = running;
    signals.onReload(() => void reload());
    await run(settings, running, stop);
  } catch (error) {
    if (failing.signal.aborted) throw failing.signal.reason;
    if (!signals.stop.aborted) throw error;
  } finally {
    await closeAll(closers);
    const reason = signals.stop.aborted ? 'signal' : failing.signal.aborted ? 'failure' : 'done';
    observer.emit('daemon.stopped', { reason, calls: running?.salesforce.calls() ?? 0 });
  }
}

type Closer = () => Promise<void> | void;

type Starting = {
  readonly observer: Observer;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** What has been started, to be closed last in first out. */
  readonly closers: Closer[];
  readonly stop: AbortSignal;
  readonly fail: (error: AppError) => void;
};

type Running = {
  readonly salesforce: Salesforce;
  readonly loaded: () => LoadedFrame;
  readonly reload: () => Promise<void>;
  readonly loop: LoopWorld;
};

async function start(settings: DaemonSettings, starting: Starting): Promise<Running> {
  const { observer, clock, closers, stop } = starting;
  const { environment } = settings;
  const redisSettings = redisSettingsOf(settings);
  const redis = connectForCommands(redisSettings);
  closers.push(() => redis.disconnect());
  await awaitRedis(redis, starting);
  if (settings.dryRun) closers.push(() => forgetKeys(redis, redisSettings.prefix));

  const salesforce = openSalesforce(environment.salesforce, redis, environment.redis.prefix, settings.deadlines);
  closers.push(() => salesforce.close());
  await salesforce.connect(stop);
  const frameSettings: FrameSettings = {
    configFolder: environment.configFolder,
    allowOffline: settings.allowOffline,
    adjust: settings.adjust ?? ((config) => config),
  };
  let loaded = await loadFrame(frameSettings, salesforce, observer, stop);

  const state = createRedisState(redis, redisSettings.prefix);
  const queues = await createBullQueues(redisSettings, (error) =>
    observer.emit('internal.error', { reason: `queues and Redis: ${error.name}` }, 'debug'),
  );
  closers.push(() => queues.close());
  const gate = createOrgGate(clock, observer, Math.random);
  await serve(settings, { ...starting, redis, salesforce, queues, state, gate });

  const world = openWorld(settings, starting, { salesforce, state, queues, loaded: () => loaded });
  closers.push(() => queues.stop(GRACE));
  if (settings.only !== 'poller') await startWorkers(world, gate, starting, settings.once);
  const lease = keepLease(state, clock, randomUUID());
  closers.push(() => lease.release());
  const refreshing = setInterval(() => void refresh(), loaded.config.extract.poll.User);
  closers.push(() => clearInterval(refreshing));
  observer.emit('daemon.started', {
    version: settings.version,
    config_hash: loaded.frame.configHash,
    org: new URL(environment.salesforce.loginUrl).host,
    only: settings.only,
    once: settings.once,
    dry_run: settings.dryRun,
  });

  return {
    salesforce,
    loaded: () => loaded,
    loop: {
      salesforce,
      queues,
      state,
      observer,
      clock,
      pass: (call, signal) => gate.pass(call, signal),
      isLeader: () => lease.isHeld(),
    },
    async reload() {
      try {
        loaded = await loadFrame(frameSettings, salesforce, observer, stop);
      } catch (error) {
        // The old configuration runs on (F41).
        if (!(error instanceof AppError)) throw error;
        observer.emit('config.rejected', { problems: error.message.split('\n') });
      }
    },
  };

  /** Who left, who joined; a failure is left to the next time. */
  async function refresh(): Promise<void> {
    try {
      const before = loaded;
      const since = salesforce.now() - 2 * before.config.extract.poll.User - before.config.extract.overlap;
      const users = await gate.pass(() => refreshUsers(before.frame.directory, since, salesforce, stop), stop);
      if (loaded === before) loaded = { ...before, frame: { ...before.frame, directory: users } };
    } catch (error) {
      if (!(error instanceof AppError) && !stop.aborted) throw error;
    }
  }
}

async function run(settings: DaemonSettings, { loaded, loop }: Running, stop: AbortSignal): Promise<void> {
  const polling: LoopSettings = {
    poll: () => {
      const { start_at: startAt, overlap, safety_lag: safetyLag } = loaded().config.extract;
      return { startAt, overlap, safetyLag };
    },
    every: (object) => loaded().config.extract.poll[object as keyof Config['extract']['poll']],
  };
  if (settings.only === 'workers') await new Promise((resolve) => stop.addEventListener('abort', resolve));
  else if (settings.once) await pollUntilIdle(polling, loop, stop);
  else await runPollLoop(polling, loop, stop);
}

function redisSettingsOf({ environment, dryRun }: DaemonSettings): RedisSettings {
  const { url, prefix } = environment.redis;
  // What a dry run saw is not done: the next start must find it new.
  return { url, prefix: dryRun ? `${prefix}:dry-run-${randomUUID()}` : prefix };
}

/** Waits for Redis however long it takes; one line when it is away, one when it is back. */
async function awaitRedis(redis: RedisConnection, { observer, clock, stop }: Starting): Promise<void> {
  const begun = clock.monotonic();
  for (let isTold = false; ;) {
    try {
      const { isPersistent } = await inspectRedis(redis);
      if (isTold) observer.emit('redis.reachable', { seconds: Math.round((clock.monotonic() - begun) / 1000) });
      if (!isPersistent) {
        const reason = 'Redis keeps no append-only file: what waits in it is lost when it stops';
        observer.emit('redis.warning', { reason, mend: 'set appendonly yes' });
      }
      return;
    } catch (error) {
      if (!(error instanceof AppError) || error.recovery !== 'wait') throw error;
      if (!isTold) observer.emit('redis.unreachable', { reason: error.message });
      isTold = true;
      await clock.sleep(1_000, stop);
    }
  }
}

type Opened = {
  readonly salesforce: Salesforce;
  readonly state: State;
  readonly queues: WorkQueues;
  readonly loaded: () => LoadedFrame;
};

function openWorld(settings: DaemonSettings, { observer, clock, closers }: Starting, opened: Opened): WorkWorld {
  const { loaded } = opened;
  const { log } = loaded().config;
  const decisions = openDecisionLog({
    file: dataPath(log.decisions, settings.environment.dataFolder),
    redact: log.redact,
    engine: `rolecall ${settings.version}`,
  });
  closers.push(() => decisions.close());
  return {
    ...opened,
    observer,
    now: () => opened.salesforce.now(),
    frame: () => loaded().frame,
    configHash: () => loaded().frame.configHash,
    isWithheld: (module) => settings.dryRun || loaded().modes.get(module) !== 'enforce',
    record: (made, tookMs) => decisions.write(made, { configHash: loaded().frame.configHash, tookMs }),
    monotonic: () => clock.monotonic(),
  };
}

const HANDLERS: Readonly<
  Record<WorkKind, (ids: readonly string[], world: WorkWorld, signal: AbortSignal) => Promise<void>>
> = { lead: routeLeads, opportunity: evaluateOpportunities };

/** @param once  nobody waits for a person to mend what only a person can: then the daemon fails */
async function startWorkers(world: WorkWorld, gate: OrgGate, { clock, fail }: Starting, once: boolean): Promise<void> {
  const { queues, observer } = world;
  for (const kind of Object.keys(HANDLERS) as WorkKind[]) {
    await queues.work(kind, (ids, signal) =>
      runBatch(
        kind,
        ids,
        (batch, until) => HANDLERS[kind](batch, world, until),
        {
          gate,
          queues,
          observer,
          clock,
          random: Math.random,
          setAside: (record, id, error) => setAside(record, id, error, world),
          onPause(paused, error) {
            const module = OBJECT_OF[paused];
            if (error === null) observer.emit('module.resumed', { module });
            else observer.emit('module.paused', { module, code: error.code, reason: error.message });
            if (error !== null && once) fail(error);
          },
        },
        signal,
      ),
    );
  }
}

type Served = Starting & Omit<Opened, 'loaded'> & { readonly redis: RedisConnection; readonly gate: OrgGate };

async function serve({ environment, once }: DaemonSettings, served: Served): Promise<void> {
  const { observer, metrics, closers, redis, salesforce, queues, state, gate } = served;
  // A run that ends by itself may go on beside the daemon, whose port it is.
  const address = { ...environment.http, isPortFixed: !once };
  const pages = await serveStatusPages(address, {
    health: () => healthOf(gate, redis),
    metrics: async () => {
      const [waiting, dead] = await Promise.all([queues.pending(), state.deadLetters()]);
      metrics.setGauges({ calls: salesforce.calls(), waiting, dead: dead.length });
      return metrics.registry.metrics();
    },
  });
  closers.push(() => pages.close());
  observer.emit('http.listening', { host: pages.host, port: pages.port });
}

function healthOf(gate: OrgGate, redis: RedisConnection): Health {
  const problems = [
    ...(gate.isOpen() ? [] : ['Salesforce does not answer']),
    ...(isReady(redis) ? [] : ['Redis does not answer']),
  ];
  return { ready: problems.length === 0, problems };
}

/** One that fails does not keep the others open. */
async function closeAll(closers: readonly Closer[]): Promise<void> {
  for (const close of closers.toReversed()) {
    try {
      await close();
    } catch {
      // It was to be closed, and whatever it was connected to is gone.
    }
  }
}
