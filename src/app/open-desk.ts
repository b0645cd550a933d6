import { createBullQueues } from '../adapters/queues/bullmq.ts';
import { createRedisState } from '../adapters/state/redis-state.ts';
import { connectForCommands } from '../adapters/redis.ts';
import type { Variables } from '../config/env-reading.ts';
import { readLocalEnvironment, readRedisEnvironment, readSalesforceEnvironment } from '../config/env.ts';
import type { Lane } from '../domain/lane.ts';
import { createObserver } from '../observe/events.ts';
import type { Salesforce, State, WorkQueues } from '../ports.ts';
import type { Frame } from '../workers/work-world.ts';
import { closeAll, type Closer } from './close-all.ts';
import { loadFrame, type LoadedFrame } from './load-frame.ts';
import { openSalesforce } from './open-salesforce.ts';

/** What a command needs that looks at the org and at the daemon's state, or hands it work. */
export type Desk = AsyncDisposable & {
  readonly loaded: LoadedFrame;
  readonly frame: Frame;
  readonly salesforce: Salesforce;
  readonly state: State;
  readonly queues: WorkQueues;
};

/**
 * Opens the org, Redis and the configuration that the environment names, for one command.
 * @param lane  in which it calls the org (F43)
 * @throws AppError when one of them is not as it must be, with how to mend it
 */
export async function openDesk(env: Variables, lane: Lane, signal: AbortSignal): Promise<Desk> {
  const { configFolder } = readLocalEnvironment(env, { isTerminal: false });
  const redisSettings = readRedisEnvironment(env);
  const environment = readSalesforceEnvironment(env);
  const closers: Closer[] = [];
  const redis = connectForCommands(redisSettings);
  closers.push(() => redis.disconnect());
  try {
    const salesforce = openSalesforce(environment, redis, redisSettings.prefix).inLane(lane);
    closers.push(() => salesforce.close());
    await salesforce.connect(signal);
    const settings = { configFolder, variables: env, allowOffline: true, adjust: <C>(config: C): C => config };
    const loaded = await loadFrame(settings, salesforce, createObserver([]), signal);
    const queues = await createBullQueues(redisSettings, () => undefined);
    closers.push(() => queues.close());
    return {
      loaded,
      frame: loaded.frame,
      salesforce,
      state: createRedisState(redis, redisSettings.prefix),
      queues,
      [Symbol.asyncDispose]: () => closeAll(closers),
    };
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}
