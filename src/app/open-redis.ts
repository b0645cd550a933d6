import { randomUUID } from 'node:crypto';

import { inspectRedis } from '../adapters/inspect-redis.ts';
import type { RedisConnection, RedisSettings } from '../adapters/redis.ts';
import { watchRedis, type RedisWatch } from '../adapters/watch-redis.ts';
import { AppError } from '../domain/error.ts';
import type { Observer } from '../observe/events.ts';
import type { Clock } from '../ports.ts';
import type { DaemonSettings } from './daemon-settings.ts';

/** Where this run keeps its work. */
export function redisSettingsOf({ environment, dryRun }: DaemonSettings): RedisSettings {
  const { url, prefix } = environment.redis;
  // What a dry run saw is not done: the next start must find it new.
  return { url, prefix: dryRun ? `${prefix}:dry-run-${randomUUID()}` : prefix };
}

type Waiting = { readonly observer: Observer; readonly clock: Clock; readonly stop: AbortSignal };

/** Tells of a Redis that goes away under the running daemon, which waits for it and goes on by itself (XE22). */
export function tellOfRedis(
  redis: RedisConnection,
  prefix: string,
  { observer, clock }: Omit<Waiting, 'stop'>,
): RedisWatch {
  let since = 0;
  return watchRedis(redis, prefix, {
    lost({ message: reason, mend }) {
      since = clock.monotonic();
      observer.emit('redis.unreachable', { reason, mend });
    },
    regained: () => observer.emit('redis.reachable', { seconds: Math.round((clock.monotonic() - since) / 1000) }),
  });
}

/** Waits for Redis however long it takes; one line when it is away, one when it is back. */
export async function awaitRedis(redis: RedisConnection, { observer, clock, stop }: Waiting): Promise<void> {
  const begun = clock.monotonic();
  for (let isTold = false; ;) {
    try {
      const warnings = await inspectRedis(redis);
      if (isTold) observer.emit('redis.reachable', { seconds: Math.round((clock.monotonic() - begun) / 1000) });
      for (const warning of warnings) observer.emit('redis.warning', warning);
      return;
    } catch (error) {
      if (!(error instanceof AppError) || error.recovery !== 'wait') throw error;
      if (!isTold) observer.emit('redis.unreachable', { reason: error.message, mend: error.mend });
      isTold = true;
      await clock.sleep(1_000, stop);
    }
  }
}
