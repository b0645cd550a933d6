import { expect, it } from 'vitest';

import { createBullQueues } from '../../src/adapters/queues/bullmq.ts';
import { freshRedis } from '../support/redis.ts';
import { findViolations } from './checker.ts';
import { startFaultWorld } from './fault-world.ts';
import { describeOrg } from './final-state.ts';
import { age } from './redis-mishaps.ts';
import { textOf } from './request-facts.ts';
import { startChild } from './start-child.ts';

it('a batch whose process is killed three times in its midst is not given up: it is done by the fourth (FM 46)', async () => {
  await using plain = await startFaultWorld();
  await plain.world.once();
  await using started = await startFaultWorld();
  const { world, sandbox } = started;

  for (let kill = 1; kill <= 3; kill++) {
    const child = startChild({ environment: world.environment, once: true, haste: 20 });
    sandbox.hooks.onRequest = (request) => {
      if (request.kind === 'composite' && textOf(request).includes('FROM OpportunityContactRole'))
        child.kill('SIGKILL');
    };
    expect(await child.ended).toMatchObject({ code: null });
    await age(world.fresh, 60_000);
  }
  sandbox.hooks.onRequest = null;
  await world.once();

  expect(describeOrg(sandbox)).toEqual(describeOrg(plain.sandbox));
  expect(findViolations(sandbox)).toEqual([]);
});

it('a batch in work that vanishes from Redis blocks its records no longer than its lock lasts (FM 48)', async () => {
  await using fresh = await freshRedis();
  const queues = await createBullQueues({ url: fresh.url, prefix: fresh.prefix }, () => undefined);
  const seen: string[] = [];
  const done = Promise.withResolvers<void>();
  await queues.add('lead', ['a']);

  await queues.work('lead', async ({ ids: [id = ''] }) => {
    seen.push(id);
    if (seen.length === 2) return done.resolve();
    expect(await fresh.redis.del(`${fresh.prefix}:queue:lead:1`)).toBe(1);
    await queues.add('lead', ['a']);
  });

  await done.promise;
  expect(seen).toEqual(['a', 'a']);
  await queues.stop(0);
  await queues.close();
});
