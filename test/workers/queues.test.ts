import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createBullQueues } from '../../src/adapters/queues/bullmq.ts';
import { watchWorkers } from '../../src/app/watch-workers.ts';
import type { WorkQueues } from '../../src/ports.ts';
import { flush } from '../faults/redis-mishaps.ts';
import { freshRedis, type FreshRedis } from '../support/redis.ts';

let fresh: FreshRedis;
let queues: WorkQueues;

beforeEach(async () => {
  fresh = await freshRedis();
  queues = await createBullQueues({ url: fresh.url, prefix: fresh.prefix }, () => undefined);
});

afterEach(async () => {
  await queues.stop(0);
  await queues.close();
  await fresh[Symbol.asyncDispose]();
});

describe('the queues', () => {
  it('bring a batch again that was rejected, as often as it takes', async () => {
    const done = Promise.withResolvers<void>();
    const seen: (readonly string[])[] = [];
    await queues.add('lead', ['a', 'b']);

    await queues.work('lead', ({ ids }) => {
      seen.push(ids);
      if (seen.length < 3) return Promise.reject(new Error('not yet'));
      done.resolve();
      return Promise.resolve();
    });

    await done.promise;
    expect(seen).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('hand a batch back that does not stop when it is told to', async () => {
    const begun = Promise.withResolvers<void>();
    await queues.add('lead', ['a']);
    await queues.work('lead', () => {
      begun.resolve();
      return new Promise(() => undefined);
    });
    await begun.promise;

    await queues.stop(0);

    await expect(queues.pending()).resolves.toBe(1);
    const others = await createBullQueues({ url: fresh.url, prefix: fresh.prefix }, () => undefined);
    const again = Promise.withResolvers<readonly string[]>();
    await others.work('lead', async ({ ids }) => again.resolve(ids));
    await expect(again.promise).resolves.toEqual(['a']);
    await others.stop(0);
    await others.close();
  });

  it('cut a long list into batches of a thousand', async () => {
    const ids = Array.from({ length: 2_300 }, (_, index) => String(index));
    const sizes: number[] = [];
    const done = Promise.withResolvers<void>();
    await queues.add('opportunity', ids);

    await queues.work('opportunity', async ({ ids }) => {
      sizes.push(ids.length);
      if (sizes.length === 3) done.resolve();
    });

    await done.promise;
    expect(sizes).toEqual([1_000, 1_000, 300]);
  });

  it('give a batch up that is not theirs any more: before a write, and at the latest in seconds (D14)', async () => {
    const refused = Promise.withResolvers<unknown>();
    const given = Promise.withResolvers<AbortSignal>();
    await queues.add('lead', ['a']);

    await queues.work('lead', async (_batch, signal, assure) => {
      await assure();
      for (const lock of await fresh.redis.keys(`${fresh.prefix}:queue:lead:*:lock`)) await fresh.redis.del(lock);
      given.resolve(signal);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await assure().catch(refused.resolve);
    });

    expect(await refused.promise).toMatchObject({ code: 'redis-unreachable', recovery: 'wait' });
    expect((await given.promise).aborted).toBe(true);
  });

  it('tell the batch that an emptied Redis has lost from the next one, though that has its id (FM 44)', async () => {
    const refused = Promise.withResolvers<unknown>();
    const jobs: string[] = [];
    const done = Promise.withResolvers<void>();
    await queues.add('lead', ['lost']);

    await queues.work('lead', async ({ ids: [id] }, signal, assure) => {
      jobs.push(...(await fresh.redis.keys(`${fresh.prefix}:queue:lead:*:lock`)));
      if (id === 'next') return done.resolve();
      await flush(fresh);
      await queues.add('lead', ['next']);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await assure().catch(refused.resolve);
    });

    expect(await refused.promise).toMatchObject({ code: 'redis-unreachable', recovery: 'wait' });
    await done.promise;
    expect(jobs).toEqual([jobs[0], jobs[0]]);
  });

  it('go on when a batch that waits has vanished: its records are not blocked (FM 48)', async () => {
    const seen: string[] = [];
    const done = Promise.withResolvers<void>();
    await queues.add('lead', ['a']);
    await queues.add('lead', ['b']);
    expect(await fresh.redis.del(`${fresh.prefix}:queue:lead:2`)).toBe(1);

    await queues.work('lead', async ({ ids: [id = ''] }) => {
      seen.push(id);
      if (id === 'a') await queues.add('lead', ['b']);
      else done.resolve();
    });

    await done.promise;
    expect(seen).toEqual(['a', 'b']);
  });
});

describe('the watch over the workers', () => {
  it('fails the daemon when batches wait for a minute and nobody takes one (FM 41)', async () => {
    const failed = Promise.withResolvers<unknown>();
    await queues.add('lead', ['a']);

    const stop = watchWorkers(queues, failed.resolve, 10);

    expect(await failed.promise).toMatchObject({ code: 'workers-stuck', recovery: 'stop' });
    stop();
  });
});
