import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createLaterBatches, type LaterBatch } from '../../../src/adapters/queues/later-batches.ts';
import { freshRedis, type FreshRedis } from '../../support/redis.ts';

const BATCH: LaterBatch = { kind: 'lead', urgency: 'fresh', ids: ['a', 'b'] };

let fresh: FreshRedis;
let stopping: AbortController;

beforeEach(async () => {
  fresh = await freshRedis();
  stopping = new AbortController();
});

afterEach(async () => {
  stopping.abort();
  await fresh[Symbol.asyncDispose]();
});

describe('batches that rest', () => {
  it('wake by the clock of Redis, which all replicas share (D12)', async () => {
    const batches = createLaterBatches(fresh.redis, fresh.prefix);
    const timeOf = async (): Promise<number> => {
      const [seconds = 0, micros = 0] = await fresh.redis.time();
      return seconds * 1000 + Math.floor(micros / 1000);
    };
    const put = await timeOf();
    await batches.add([BATCH], 600);
    const woken = Promise.withResolvers<number>();

    void batches.wake(async ({ ids }) => {
      expect(ids).toEqual(BATCH.ids);
      woken.resolve(await timeOf());
    }, stopping.signal);

    expect((await woken.promise) - put).toBeGreaterThanOrEqual(600);
    await expect.poll(() => batches.count()).toBe(0);
  });

  it('are woken once by two replicas', async () => {
    const [one, two] = [1, 2].map(() => createLaterBatches(fresh.redis, fresh.prefix));
    await one!.add([BATCH, BATCH], 1);
    const taken: LaterBatch[] = [];

    for (const replica of [one!, two!]) {
      void replica.wake(async (batch) => void taken.push(batch), stopping.signal);
    }

    await expect.poll(() => one!.count()).toBe(0);
    expect(taken).toHaveLength(2);
  });

  it('stay where who takes them cannot', async () => {
    const batches = createLaterBatches(fresh.redis, fresh.prefix);
    await batches.add([BATCH], 1);
    const refused = Promise.withResolvers<void>();

    const waking = batches.wake(() => {
      refused.resolve();
      return Promise.reject(new Error('Redis is away'));
    }, stopping.signal);
    await refused.promise;
    stopping.abort();
    await waking;

    expect(await batches.count()).toBe(1);
  });
});
