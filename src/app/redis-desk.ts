import { userInfo } from 'node:os';

import { createBullQueues } from '../adapters/queues/bullmq.ts';
import { createRedisInventory } from '../adapters/redis-inventory.ts';
import { createRedisState } from '../adapters/state/redis-state.ts';
import { connectForCommands, forgetKeys, type RedisSettings } from '../adapters/redis.ts';
import type { Variables } from '../config/env-reading.ts';
import { readLocalEnvironment, readRedisEnvironment } from '../config/env.ts';
import { createObserver, type Observer } from '../observe/events.ts';
import { createLog } from '../observe/log.ts';
import type { Inventory, State, WorkQueues } from '../ports.ts';

/** What a command needs that works on the daemon's state and not on the org. */
export type RedisDesk = AsyncDisposable & {
  readonly state: State;
  readonly inventory: Inventory;
  readonly queues: WorkQueues;
  /** Logs on the standard output of errors: the other one is the command's result. */
  readonly observer: Observer;
  /** Who runs the command. */
  readonly by: string;
};

/** @throws AppError `env-invalid` (fix-config) */
export async function openRedisDesk(env: Variables, isTerminal: boolean): Promise<RedisDesk> {
  const redisSettings = readRedisEnvironment(env);
  const { logLevel, logFormat } = readLocalEnvironment(env, { isTerminal });
  const log = createLog({ level: logLevel, format: logFormat, secrets: redisSettings.secrets, fd: 2 });
  const redis = connectForCommands(redisSettings);
  const queues = await createBullQueues(redisSettings, () => undefined);
  return {
    state: createRedisState(redis, redisSettings.prefix),
    inventory: createRedisInventory(redis, redisSettings.prefix),
    queues,
    observer: createObserver([log.subscriber]),
    by: userInfo().username,
    async [Symbol.asyncDispose]() {
      await queues.close();
      redis.disconnect();
    },
  };
}

/** Deletes all that a run has left under its prefix. */
export async function forgetRun(settings: RedisSettings): Promise<void> {
  const redis = connectForCommands(settings);
  await forgetKeys(redis, settings.prefix);
  redis.disconnect();
}
