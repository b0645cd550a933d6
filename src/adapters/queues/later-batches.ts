import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { WorkKind } from '../../domain/work.ts';
import type { Urgency } from '../../ports.ts';
import { NOW, type RedisConnection } from '../redis.ts';

export type LaterBatch = { readonly kind: WorkKind; readonly urgency: Urgency; readonly ids: readonly string[] };

export type LaterBatches = {
  add(batches: readonly LaterBatch[], delayMs: number): Promise<void>;
  count(): Promise<number>;
  /** Hands batches on when their time has come, until the signal aborts. One that is not taken comes again. */
  wake(take: (batch: LaterBatch) => Promise<void>, signal: AbortSignal): Promise<void>;
};

/** How often it is looked, ms. */
const LOOK = 250;
/** Whoever takes a batch and dies leaves it to the others after this, ms. */
const CLAIM = 5_000;
const MOST_AT_ONCE = 20;

const ADD = `${NOW}
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[i]) end`;

const CLAIM_DUE = `${NOW}
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ${MOST_AT_ONCE})
for _, batch in ipairs(due) do redis.call('ZADD', KEYS[1], now + ${CLAIM}, batch) end
return due`;

/**
 * Batches that wait for their time by Redis' clock, which all replicas share. BullMQ delays a job by the clock of who adds
 * it and wakes it by that of who looks: where the two differ by minutes it would come minutes late.
 */
export function createLaterBatches(redis: RedisConnection, prefix: string): LaterBatches {
  const key = `${prefix}:later`;

  return {
    async add(batches, delayMs) {
      // Each is one of a kind, though its records may wait for two reasons.
      const members = batches.map((batch) => JSON.stringify({ ...batch, name: randomUUID() }));
      if (members.length > 0) await redis.eval(ADD, 1, key, delayMs, ...members);
    },
    count: () => redis.zcard(key),
    async wake(take, signal) {
      while (!signal.aborted) {
        // Redis tells of itself elsewhere.
        await takeDue(take).catch(() => undefined);
        await pause(LOOK, undefined, { signal }).catch(() => undefined);
      }
    },
  };

  async function takeDue(take: (batch: LaterBatch) => Promise<void>): Promise<void> {
    for (const member of (await redis.eval(CLAIM_DUE, 1, key)) as readonly string[]) {
      await take(JSON.parse(member) as LaterBatch);
      await redis.zrem(key, member);
    }
  }
}
