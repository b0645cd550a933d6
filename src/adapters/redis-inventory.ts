import type { Instant } from '../domain/instant.ts';
import type { Inventory, Memory } from '../ports.ts';
import { redisError, type RedisConnection } from './redis.ts';

/** How many records one step of a scan looks at, more or less. */
const SCAN = 2_000;

/**
 * The inventory in one Redis, under one prefix: a hash per object, whose values are `stamp.run` in base 36, the stamp in
 * whole seconds.
 */
export function createRedisInventory(redis: RedisConnection, prefix: string): Inventory {
  const recordsOf = (object: string): string => `${prefix}:inventory:${object}`;
  const progressKey = `${prefix}:reconcile`;
  const requestsKey = `${prefix}:reconcile:requests`;

  return {
    async stamps(object, ids) {
      if (ids.length === 0) return [];
      const values = await run(redis.hmget(recordsOf(object), ...ids));
      return values.map((value) => (value === null ? null : readEntry(value).stamp));
    },
    async note(object, stamps, number) {
      if (stamps.size === 0) return;
      const entries = [...stamps].flatMap(([id, stamp]) => [id, writeEntry(stamp, number ?? null)]);
      await run(redis.hset(recordsOf(object), ...entries));
    },
    async forget(object, ids) {
      if (ids.length > 0) await run(redis.hdel(recordsOf(object), ...ids));
    },
    async unmet(object, number, cursor) {
      const [next, flat] = await run(redis.hscan(recordsOf(object), cursor ?? '0', 'COUNT', SCAN));
      const records = new Map<string, Instant>();
      for (let at = 0; at + 1 < flat.length; at += 2) {
        const entry = readEntry(flat[at + 1]!);
        if (entry.run !== number) records.set(flat[at]!, entry.stamp);
      }
      return { records, cursor: next === '0' ? null : next };
    },

    async progress() {
      const text = await run(redis.get(progressKey));
      return text === null ? null : (JSON.parse(text) as Memory);
    },
    async saveProgress(progress) {
      await run(redis.set(progressKey, JSON.stringify(progress)));
    },
    async request(objects) {
      if (objects.length > 0) await run(redis.sadd(requestsKey, ...objects));
    },
    async requests() {
      return new Set(await run(redis.smembers(requestsKey)));
    },
    async dropRequests(objects) {
      if (objects.length > 0) await run(redis.srem(requestsKey, ...objects));
    },
  };
}

async function run<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (cause) {
    throw redisError(cause);
  }
}

function writeEntry(stamp: Instant, number: number | null): string {
  return `${Math.floor(stamp / 1000).toString(36)}.${number === null ? '' : number.toString(36)}`;
}

function readEntry(value: string): { readonly stamp: Instant; readonly run: number | null } {
  const [stamp = '', number = ''] = value.split('.');
  return { stamp: Number.parseInt(stamp, 36) * 1000, run: number === '' ? null : Number.parseInt(number, 36) };
}
