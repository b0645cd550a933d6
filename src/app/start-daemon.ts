import { randomUUID } from 'node:crypto';

import { createBullQueues } from '../adapters/queues/bullmq.ts';
import { createRedisInventory } from '../adapters/redis-inventory.ts';
import { createRedisState } from '../adapters/redis-state.ts';
import { connectForCommands, forgetKeys } from '../adapters/redis.ts';
import { UNBOUNDED, type ApiBudget } from '../domain/api-budget.ts';
import { AppError } from '../domain/error.ts';
import type { Observer } from '../observe/events.ts';
import type { Metrics } from '../observe/metrics.ts';
import { keepLease, type Lease } from '../poll/lease.ts';
import type { LoopWorld } from '../poll/poll-loop.ts';
import type { Clock, Salesforce } from '../ports.ts';
import { createOrgGate, type OrgGate } from '../workers/org-gate.ts';
import { retryOlderLetters } from '../workers/retry-dead-letters.ts';
import { refreshUsers } from '../workers/read-org.ts';
import { reassignLeavers } from '../workers/leads/reassign-leavers.ts';
import type { Closer } from './close-all.ts';
import type { DaemonSettings } from './daemon-settings.ts';
import { openLiveConfig, type LiveConfigSettings } from './live-config.ts';
import type { LoadedFrame } from './load-frame.ts';
import { openAlerts } from './open-alerts.ts';
import { awaitRedis, redisSettingsOf, tellOfRedis } from './open-redis.ts';
import { openSalesforce } from './open-salesforce.ts';
import { createStandstills } from './standstills.ts';
import { createSuspensions } from './suspensions.ts';
import { serveStatus } from './serve-status.ts';
import { openWorld, startWorkers } from './start-workers.ts';
import { boundsOf, tellBudget } from './tell-budget.ts';
import { createTroubles, watchTroubles } from './troubles.ts';
import { watchWorkers } from './watch-workers.ts';

/** How long a batch may go on after the signal to stop, ms; the whole stop takes less than ten seconds. */
const GRACE = 6_000;

/** How long calls in flight may end after that. */
const LAST_CALLS = 2_500;

/** How often it is looked whether suspended modules can go on, ms. */
const LOOK_AGAIN = 30_000;

type Starting = {
  readonly observer: Observer;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** What has been started, to be closed last in first out. */
  readonly closers: Closer[];
  readonly stop: AbortSignal;
  readonly fail: (error: AppError) => void;
};

/** The daemon, started: workers work, nothing is polled yet. */
export type Running = {
  readonly salesforce: Salesforce;
  readonly loaded: () => LoadedFrame;
  readonly reload: () => Promise<void>;
  readonly loop: LoopWorld;
};

/** Starts all parts, each with what it stands on. What was started is in `closers`, also when a later part fails. */
export async function startDaemon(settings: DaemonSettings, starting: Starting): Promise<Running> {
  const { observer, clock, closers, stop } = starting;
  const { environment } = settings;
  const status = await serveStatus(settings, starting);
  status.waitsFor('Redis');
  const redisSettings = redisSettingsOf(settings);
  const redis = connectForCommands(redisSettings);
  closers.push(() => redis.disconnect());
  await awaitRedis(redis, starting);
  const watch = tellOfRedis(redis, redisSettings.prefix, starting);
  closers.push(() => watch.stop());
  if (settings.dryRun) closers.push(() => forgetKeys(redis, redisSettings.prefix));

  status.waitsFor('Salesforce');
  let bounds: (() => ApiBudget) | null = null;
  const salesforce = openSalesforce(environment.salesforce, redis, environment.redis.prefix, {
    ...(settings.deadlines === undefined ? {} : { deadlines: settings.deadlines }),
    ...(settings.orgTimer === undefined ? {} : { orgTimer: settings.orgTimer }),
    clock,
    budget: () => bounds?.() ?? UNBOUNDED,
    onBudget: (standing) => tellBudget(standing, observer),
  });
  closers.push(() => closeInTime(salesforce, clock));
  const gate = createOrgGate(clock, observer, Math.random, () => salesforce.calls());
  const liveSettings: LiveConfigSettings = {
    configFolder: environment.configFolder,
    allowOffline: settings.allowOffline,
    adjust: settings.adjust ?? ((read) => read),
    // Whoever waits for the end of a run hears of a mistake at once.
    dataFolder: settings.once || settings.dryRun ? null : environment.dataFolder,
    pass: (call) => gate.pass(call, stop),
    onReloaded: (hash) => retryOlderLetters(hash, { state, queues, observer }),
  };
  const config = await throughOutages(
    async () => {
      await salesforce.connect(stop);
      return openLiveConfig(liveSettings, salesforce, observer, stop);
    },
    { gate, clock, once: settings.once },
    stop,
  );
  const loaded = config.current;
  bounds = () => boundsOf(loaded().config.api_budget);

  const state = createRedisState(redis, redisSettings.prefix);
  const queues = await createBullQueues(redisSettings, (error) =>
    observer.emit('internal.error', { reason: `queues and Redis: ${error.name}` }, 'debug'),
  );
  closers.push(() => queues.close());
  const isRedisThere = (): boolean => watch.isThere();
  const alerts = openAlerts(settings, redisSettings, starting, loaded);
  closers.push(() => alerts.close());
  const standstills = createStandstills(observer);
  let lease: Lease | null = null;
  const troubles = createTroubles({
    alerts,
    // What a dry run meets, the daemon tells.
    channel: () => (settings.dryRun ? null : loaded().frame.alertChannel),
    gate,
    config,
    loaded,
    state,
    standstills: () => (settings.once ? new Map() : standstills.current()),
    isRedisThere,
    isLeader: () => lease?.isHeld() ?? false,
    clock,
  });
  closers.push(watchTroubles(troubles, clock));
  status.shows({ isRedisThere, salesforce, queues, state, gate, config, troubles, alerts });
  const suspensions = createSuspensions({ loaded, salesforce, state, queues, standstills });
  const world = openWorld(settings, starting, { salesforce, state, queues, alerts, loaded, suspensions });
  closers.push(() => queues.stop(GRACE));
  await suspensions.takeOver();
  if (settings.only !== 'poller') {
    await startWorkers(world, gate, { ...starting, standstills }, settings.once);
    closers.push(watchWorkers(queues, starting.fail));
  }
  await retryOlderLetters(loaded().frame.configHash, world);
  if (settings.only !== 'workers') {
    await throughOutages(() => reassignLeavers(world, stop), { gate, clock, once: settings.once }, stop);
  }
  // A process that never polls must not keep the others from it.
  lease = settings.only === 'workers' ? null : keepLease(state, clock, randomUUID());
  closers.push(() => lease?.release());
  const refreshing = setInterval(() => void refresh(), loaded().config.extract.poll.User);
  closers.push(() => clearInterval(refreshing));
  if (!settings.once) closers.push(config.watch());
  const looking = new AbortController();
  // A run that ends by itself suspends nobody: it fails.
  if (!settings.once) void lookAgain(looking.signal);
  closers.push(() => looking.abort());
  observer.emit('daemon.started', {
    version: settings.version,
    config_hash: loaded().frame.configHash,
    org: new URL(environment.salesforce.loginUrl).host,
    only: settings.only,
    once: settings.once,
    dry_run: settings.dryRun,
  });

  return {
    salesforce,
    loaded,
    loop: {
      salesforce,
      queues,
      state,
      alerts,
      inventory: createRedisInventory(redis, redisSettings.prefix),
      asked: new Map(),
      wide: new Map(),
      observer,
      clock,
      pass: (call, signal) => gate.pass(call, signal),
      isLeader: () => lease?.isHeld() ?? false,
    },
    async reload() {
      // Whoever asks for it may have mended a refused sign-in as well.
      await salesforce.connect(stop).catch(() => undefined);
      await config.reload();
    },
  };

  /** Looks now and then whether suspended modules can go on; a failure is left to the next time. */
  async function lookAgain(signal: AbortSignal): Promise<void> {
    const until = AbortSignal.any([signal, stop]);
    while (!until.aborted) {
      await clock.sleep(LOOK_AGAIN, until).catch(() => undefined);
      if (!until.aborted) await gate.pass(() => suspensions.look(until), until).catch(() => undefined);
    }
  }

  /** Who left, who joined; a failure is left to the next time. */
  async function refresh(): Promise<void> {
    try {
      const before = loaded();
      const since = salesforce.now() - 2 * before.config.extract.poll.User - before.config.extract.overlap;
      const users = await gate.pass(() => refreshUsers(before.frame.directory, since, salesforce, stop), stop);
      config.swap(before, { ...before, frame: { ...before.frame, directory: users } });
      if (users !== before.frame.directory) await gate.pass(() => reassignLeavers(world, stop), stop);
    } catch (error) {
      if (!(error instanceof AppError) && !stop.aborted) throw error;
    }
  }
}

/** What passes by itself, also at the start. A host that is not there, or a refused session, is more likely a mistake. */
const OUTAGES = new Set([
  'org-unavailable',
  'org-timeout',
  'connection-lost',
  'REQUEST_LIMIT_EXCEEDED',
  'oauth-login-rate',
  'oauth-busy',
]);

type Patience = { readonly gate: OrgGate; readonly clock: Clock; readonly once: boolean };

/** Waits out an outage that the start falls into, of which the gate tells once, and a want of calls. */
async function throughOutages<T>(
  call: () => Promise<T>,
  { gate, clock, once }: Patience,
  stop: AbortSignal,
): Promise<T> {
  for (;;) {
    try {
      return await gate.pass(call, stop);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const isShort = error.code === 'concurrent-limit' || (error.code === 'budget-low' && !once);
      if (isShort) await clock.sleep(error.retryAfterMs ?? 0, stop);
      else if (!OUTAGES.has(error.code)) throw error;
    }
  }
}

/** A write that nobody answers must not keep the daemon from stopping: its outcome is looked up at the next start. */
async function closeInTime(salesforce: Salesforce, clock: Clock): Promise<void> {
  const late = new AbortController();
  const patience = clock.sleep(LAST_CALLS, late.signal).catch(() => undefined);
  await Promise.race([salesforce.close(), patience]);
  late.abort();
}
