import { randomUUID } from 'node:crypto';

import { createBullQueues } from '../adapters/queues/bullmq.ts';
import { createRedisInventory } from '../adapters/redis-inventory.ts';
import { createRedisState } from '../adapters/state/redis-state.ts';
import { connectForCommands, forgetKeys } from '../adapters/redis.ts';
import { AppError } from '../domain/error.ts';
import type { Observer } from '../observe/events.ts';
import type { Metrics } from '../observe/metrics.ts';
import { keepLease, type Lease } from '../poll/lease.ts';
import type { LoopWorld } from '../poll/poll-loop.ts';
import type { Clock, Salesforce } from '../ports.ts';
import { retryOlderLetters } from '../workers/retry-dead-letters.ts';
import { refreshUsers } from '../workers/read-org.ts';
import { reassignLeavers } from '../workers/leads/reassign-leavers.ts';
import type { Closer } from './close-all.ts';
import type { DaemonSettings } from './daemon-settings.ts';
import type { LoadedFrame } from './load-frame.ts';
import { openAlerts } from './open-alerts.ts';
import { awaitRedis, redisSettingsOf, tellOfRedis } from './open-redis.ts';
import { openOrg, throughOutages } from './open-org.ts';
import { createStandstills } from './standstills.ts';
import { createSuspensions } from './suspensions.ts';
import { serveStatus } from './serve-status.ts';
import { openWorld, startWorkers } from './start-workers.ts';
import { createTroubles, watchTroubles } from './troubles.ts';
import { watchWorkers } from './watch-workers.ts';

/** How long a batch may go on after the signal to stop, ms; the whole stop takes less than ten seconds. */
const GRACE = 6_000;

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
  const { salesforce, gate, config } = await openOrg(settings, redis, starting, (hash) =>
    retryOlderLetters(hash, { state, queues, observer }),
  );
  const loaded = config.current;

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
