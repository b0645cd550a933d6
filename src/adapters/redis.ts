import { Redis, type RedisOptions } from 'ioredis';

import { AppError } from '../domain/error.ts';

export type RedisSettings = { readonly url: string; readonly prefix: string };

/** Commands fail after this long instead of waiting for ever, so that a hung Redis is noticed. */
const COMMAND_TIMEOUT = 5_000;

export type RedisConnection = Redis;

/** A connection for commands: fails fast, connects again by itself. */
export function connectForCommands(settings: RedisSettings): Redis {
  return open(settings, { commandTimeout: COMMAND_TIMEOUT, maxRetriesPerRequest: 1 });
}

/** A connection for a BullMQ worker, which blocks on purpose: never gives a command up. */
export function connectForWorkers(settings: RedisSettings): Redis {
  return open(settings, { maxRetriesPerRequest: null });
}

function open(settings: RedisSettings, options: RedisOptions): Redis {
  const settled: Omit<RedisOptions, 'replyMapping'> = {
    ...options,
    connectTimeout: COMMAND_TIMEOUT,
    retryStrategy: (attempt: number) => Math.min(100 * 2 ** Math.min(attempt, 5), 2_000),
    // After a failover the old master answers READONLY: connect again, to the new one.
    reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? 2 : false),
  };
  const redis = new Redis(settings.url, settled);
  // Every failure also rejects the command that met it, in other words; without a listener ioredis would print it.
  redis.on('error', (error: Error) => lastErrors.set(redis, error));
  redis.on('ready', () => lastErrors.delete(redis));
  return redis;
}

/** What a connection failed on last: the commands that it fails only tell how often it was tried. */
const lastErrors = new WeakMap<Redis, Error>();

/** Whether commands are answered now. */
export function isReady(redis: Redis): boolean {
  return redis.status === 'ready';
}

/**
 * Tells when a connection that stood is lost, and when it stands again, once each.
 * @returns ends the watching: a connection that is closed on purpose is no news
 */
export function watchRedis(
  redis: Redis,
  told: { readonly lost: () => void; readonly regained: () => void },
): () => void {
  let isLost = false;
  const onClose = (): void => {
    if (!isLost) told.lost();
    isLost = true;
  };
  const onReady = (): void => {
    if (isLost) told.regained();
    isLost = false;
  };
  redis.on('close', onClose).on('ready', onReady);
  return () => redis.off('close', onClose).off('ready', onReady);
}

/** Deletes every key under a prefix. */
export async function forgetKeys(redis: Redis, prefix: string): Promise<void> {
  const pattern = `${prefix.replace(/[*?[\]\\]/g, String.raw`\$&`)}:*`;
  for await (const keys of redis.scanStream({ match: pattern, count: 1000 })) {
    const found = keys as string[];
    if (found.length > 0) await redis.unlink(...found);
  }
}

export type RedisFindings = { readonly isPersistent: boolean };

/**
 * Checks what Redis must be for queues: it lets us in and never evicts.
 * @throws AppError `redis-evicts` or `redis-refuses` (fix-config); `redis-unreachable` (wait) when it does not answer
 */
export async function inspectRedis(redis: Redis): Promise<RedisFindings> {
  // The driver goes on in database 0 when the one asked for does not exist.
  await answer(redis, redis.select(redis.options.db ?? 0));
  const memory = await answer(redis, redis.info('memory'));
  const persistence = await answer(redis, redis.info('persistence'));
  const policy = field(memory, 'maxmemory_policy');
  if (policy !== 'noeviction') {
    throw new AppError({
      code: 'redis-evicts',
      recovery: 'fix-config',
      message: `the Redis of REDIS_URL has maxmemory-policy "${policy}" and may drop queued work`,
      mend: 'set maxmemory-policy noeviction',
    });
  }
  return { isPersistent: field(persistence, 'aof_enabled') === '1' };
}

/** Answers that waiting does not change. */
const REFUSALS = /^(?:WRONGPASS|NOAUTH|NOPERM|ERR (?:DB index|invalid password|AUTH))/;

async function answer(redis: Redis, reply: Promise<string>): Promise<string> {
  try {
    return await reply;
  } catch (failure) {
    const cause = lastErrors.get(redis) ?? failure;
    if (!(cause instanceof Error) || !REFUSALS.test(cause.message)) throw redisError(cause);
    throw new AppError({
      code: 'redis-refuses',
      recovery: 'fix-config',
      message: `the Redis of REDIS_URL refuses us: ${cause.message}`,
      mend: 'correct the user, the password or the database in REDIS_URL',
      cause,
    });
  }
}

/** Any failure of Redis as the one error: it comes back by itself, so wait. */
export function redisError(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AppError({
    code: 'redis-unreachable',
    recovery: 'wait',
    message: `Redis does not answer (REDIS_URL): ${reason}`,
    mend: 'start Redis; the daemon goes on by itself',
    cause,
  });
}

function field(info: string, name: string): string {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
}
