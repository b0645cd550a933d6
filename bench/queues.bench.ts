import { Redis } from 'ioredis';

import { createBullQueues } from '../src/adapters/queues/bullmq.ts';
import type { Bench, BenchWorld, Figure } from './bench.ts';

const IDS = 100_000;

/** What the ids of a large change weigh in Redis while they wait for a worker. */
export const bench: Bench = { name: 'queues', run: measure };

async function measure({ redisUrl }: BenchWorld): Promise<readonly Figure[]> {
  const redis = new Redis(redisUrl);
  const queues = await createBullQueues({ url: redisUrl, prefix: 'bench' }, () => undefined);
  const ids = Array.from({ length: IDS }, (_, number) => `00Q${String(number).padStart(12, '0')}AAA`);
  try {
    // The first batch brings the keys that every queue has.
    await queues.add('lead', ids.slice(0, 1));
    const before = await usedMemory(redis);
    await queues.add('lead', ids);
    const perId = ((await usedMemory(redis)) - before) / IDS;
    return [
      { name: 'bytes of Redis per queued id', value: perId, atMost: null },
      { name: 'the same in times of the id itself', value: perId / 18, atMost: null },
    ];
  } finally {
    await queues.close();
    redis.disconnect();
  }
}

async function usedMemory(redis: Redis): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
}
