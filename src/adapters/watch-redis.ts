import { redisError, causeOf, type RedisConnection } from './redis.ts';
import type { AppError } from '../domain/error.ts';

export type RedisWatch = {
  /** Whether Redis answered last, and took a write. */
  isThere(): boolean;
  /** A connection that is closed on purpose is no news. */
  stop(): void;
};

/** How often Redis is asked whether it takes writes, ms. */
const BEAT = 1_000;
/** A beat that nobody follows up leaves no key behind, ms. */
const FORGOTTEN_AFTER = 60_000;

/**
 * Tells when Redis stops to take writes, and when it takes them again, once each: it may be gone, hung, full, or a
 * replica since a failover. Starts from one that was there.
 */
export function watchRedis(
  redis: RedisConnection,
  prefix: string,
  told: { readonly lost: (error: AppError) => void; readonly regained: () => void },
): RedisWatch {
  let isThere = true;
  let isOver = false;
  let beating: Promise<void> | null = null;
  const ask = (): void => {
    beating ??= beat().finally(() => {
      beating = null;
    });
  };
  const onClose = (): void => lose(new Error('the connection is lost'));
  redis.on('close', onClose).on('ready', ask);
  const timer = setInterval(ask, BEAT).unref();
  return {
    isThere: () => isThere,
    stop() {
      isOver = true;
      clearInterval(timer);
      redis.off('close', onClose).off('ready', ask);
    },
  };

  async function beat(): Promise<void> {
    try {
      await redis.set(`${prefix}:heartbeat`, Date.now(), 'PX', FORGOTTEN_AFTER);
      if (!isThere && !isOver) told.regained();
      isThere = true;
    } catch (failure) {
      lose(causeOf(redis, failure));
    }
  }

  function lose(cause: unknown): void {
    if (isThere && !isOver) told.lost(redisError(cause));
    isThere = false;
  }
}
