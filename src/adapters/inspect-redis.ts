import { Redis } from 'ioredis';

import { AppError } from '../domain/error.ts';
import { causeOf, mastersOf, redisError, type RedisConnection } from './redis.ts';

/** What may lose work that waits, and how to mend it. */
export type RedisWarning = { readonly reason: string; readonly mend: string };

/** ZMSCORE came with it. */
const OLDEST = [6, 2] as const;

/**
 * Checks what Redis must be for queues: it lets us in, is new enough, and never evicts.
 * @returns what is weaker than it should be, each once
 * @throws AppError `redis-evicts`, `redis-too-old`, `redis-refuses` or `redis-untrusted` (fix-config);
 *   `redis-unreachable` (wait) when it does not answer
 */
export async function inspectRedis(redis: RedisConnection): Promise<readonly RedisWarning[]> {
  // The driver goes on in database 0 when the one asked for does not exist. A Cluster has only that.
  if (redis instanceof Redis) await answer(redis, redis.select(redis.options.db ?? 0));
  else await answer(redis, redis.exists('rolecall'));
  const warnings = new Map<string, RedisWarning>();
  for (const server of mastersOf(redis)) {
    for (const warning of await inspectServer(server)) warnings.set(warning.reason, warning);
  }
  return [...warnings.values()];
}

async function inspectServer(server: Redis): Promise<readonly RedisWarning[]> {
  // `INFO` without sections: Redis takes several of them at once only from version 7 on.
  const info = await answer(server, server.info());
  refuse(info);
  const isAppending = field(info, 'aof_enabled') === '1';
  const replicas = Number(field(info, 'connected_slaves'));
  return [
    ...(isAppending
      ? []
      : [
          {
            reason: 'Redis keeps no append-only file: what waits in it is lost when it stops',
            mend: 'set appendonly yes',
          },
        ]),
    ...(isAppending && (await setting(server, 'appendfsync')) === 'no'
      ? [
          {
            reason: 'Redis leaves it to the machine when its append-only file is on the disk',
            mend: 'set appendfsync everysec',
          },
        ]
      : []),
    ...(replicas > 0 && (await setting(server, 'min-replicas-to-write')) === '0'
      ? [
          {
            reason: 'a Redis that has lost sight of its replicas takes writes which a failover loses',
            mend: 'set min-replicas-to-write 1',
          },
        ]
      : []),
  ];
}

function refuse(info: string): void {
  const policy = field(info, 'maxmemory_policy');
  if (policy !== 'noeviction') {
    throw new AppError({
      code: 'redis-evicts',
      recovery: 'fix-config',
      message: `the Redis of REDIS_URL has maxmemory-policy "${policy}" and may drop queued work`,
      mend: 'set maxmemory-policy noeviction',
    });
  }
  const version = field(info, 'redis_version');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new AppError({
      code: 'redis-too-old',
      recovery: 'fix-config',
      message: `the Redis of REDIS_URL has version "${version}", and ${OLDEST.join('.')} is the oldest that serves`,
      mend: 'put a newer one in its place',
    });
  }
}

/** Null where the server keeps its settings to itself, as hosted ones do. */
async function setting(server: Redis, name: string): Promise<string | null> {
  const told = await server.config('GET', name).catch(() => null);
  return Array.isArray(told) ? (told[1] ?? '') : null;
}

/** Answers that waiting does not change. */
const REFUSALS = /\b(?:WRONGPASS|NOAUTH|NOPERM|ERR (?:DB index|invalid password|AUTH|Client sent AUTH))/;

/** What OpenSSL and Node say of a certificate that they do not trust. */
const DISTRUST = /CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE/;

async function answer<T>(redis: RedisConnection, reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (failure) {
    const cause = causeOf(redis, failure);
    throw cause instanceof Error ? (mistakeIn(cause) ?? redisError(cause)) : redisError(cause);
  }
}

function mistakeIn(cause: Error): AppError | null {
  if (REFUSALS.test(cause.message)) {
    return new AppError({
      code: 'redis-refuses',
      recovery: 'fix-config',
      message: `the Redis of REDIS_URL refuses us: ${cause.message}`,
      mend: 'correct the user, the password or the database in REDIS_URL',
      cause,
    });
  }
  const code = 'code' in cause ? String(cause.code) : '';
  if (DISTRUST.test(code)) {
    return new AppError({
      code: 'redis-untrusted',
      recovery: 'fix-config',
      message: `the certificate of the Redis of REDIS_URL is not trusted: ${cause.message}`,
      mend: "start rolecall with NODE_EXTRA_CA_CERTS=FILE, the PEM file of the certificate's authority",
      cause,
    });
  }
  if (code.startsWith('ERR_SSL_')) {
    return new AppError({
      code: 'redis-untrusted',
      recovery: 'fix-config',
      message: `the Redis of REDIS_URL does not speak TLS as we do: ${code}`,
      mend: 'write redis:// where it speaks none',
      cause,
    });
  }
  return null;
}

function field(info: string, name: string): string {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
}
