import { Redis } from 'ioredis';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';

import { startPrivateRedis } from '../../src/cli/private-redis.ts';
import { AppError } from '../../src/domain/error.ts';

declare module 'vitest' {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- a declaration to merge with must be an interface
  interface ProvidedContext {
    readonly redisUrl: string;
  }
}

/** Vitest's global set-up: REDIS_URL, or a private server for this run. There is no stand-in: without a Redis no test runs. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['REDIS_URL'];
  if (given !== undefined && given !== '') {
    project.provide('redisUrl', given);
    return async () => {};
  }
  const redis = await startPrivateRedis({ folder: path.resolve(import.meta.dirname, '../../.redis') }).catch(
    tellPlainly,
  );
  project.provide('redisUrl', redis.url);
  return redis.stop;
}

/** Whoever lacks a Redis needs to read what to do, not where we threw. */
function tellPlainly(error: unknown): never {
  if (!(error instanceof AppError)) throw error;
  throw Object.assign(new Error(`${error.message}\nneeded: ${error.mend}`), { stack: '' });
}

/** A part of the run's Redis that nobody else uses: keys under `prefix`. Disposing deletes them and closes `redis`. */
export type FreshRedis = AsyncDisposable & {
  /** For `REDIS_URL`. */
  readonly url: string;
  /** For `REDIS_PREFIX`. */
  readonly prefix: string;
  readonly redis: Redis;
};

/** Call it in each test or test file: `await using fresh = await freshRedis()`, or dispose in `afterAll`. */
export async function freshRedis(): Promise<FreshRedis> {
  const url = inject('redisUrl');
  const prefix = `test-${randomBytes(6).toString('hex')}`;
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  await redis.ping();
  return {
    url,
    prefix,
    redis,
    async [Symbol.asyncDispose]() {
      for await (const keys of redis.scanStream({ match: `*${prefix}*`, count: 1000 })) {
        if (keys.length > 0) await redis.del(...keys);
      }
      redis.disconnect();
    },
  };
}
