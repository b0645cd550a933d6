import { afterEach, beforeEach, expect, it } from 'vitest';

import { createBullQueues } from '../../src/adapters/queues/bullmq.ts';
import { createRedisInventory } from '../../src/adapters/redis-inventory.ts';
import { createRedisState } from '../../src/adapters/state/redis-state.ts';
import { createHandOn } from '../../src/poll/hand-on.ts';
import { streamGroups } from '../../src/poll/streams.ts';
import type { Inventory, State, WorkQueues } from '../../src/ports.ts';
import { freshRedis, type FreshRedis } from '../support/redis.ts';

const CONCERN = { leads: true, opportunities: false, committees: false, taskKey: null, userId: '005' };
const LEADS = streamGroups(CONCERN)
  .flat()
  .find(({ object }) => object === 'Lead')!;
const openDealsOf = () => Promise.resolve([]);
const ROW = { Id: '00QRc000000000001A', SystemModstamp: '2026-11-24T09:00:00.000+0000' };

let fresh: FreshRedis;
let state: State;
let inventory: Inventory;
let queues: WorkQueues;

beforeEach(async () => {
  fresh = await freshRedis();
  state = createRedisState(fresh.redis, fresh.prefix);
  inventory = createRedisInventory(fresh.redis, fresh.prefix);
  queues = await createBullQueues({ url: fresh.url, prefix: fresh.prefix }, () => undefined);
});

afterEach(async () => {
  await queues.close();
  await fresh[Symbol.asyncDispose]();
});

it('a row whose batch Redis has lost before it could be remembered is handed on again (XE17)', async () => {
  const losing: WorkQueues = {
    ...queues,
    async add(kind, ids) {
      await queues.add(kind, ids);
      await fresh.redis.del(...(await fresh.redis.keys(`${fresh.prefix}:*`)));
    },
  };
  const unlucky = createHandOn({ queues: losing, state, inventory, openDealsOf }, await state.epoch());
  await unlucky.take(LEADS, [ROW], () => 'fresh');
  await expect(unlucky.flush()).rejects.toMatchObject({ code: 'redis-lost', recovery: 'wait' });

  const next = createHandOn({ queues, state, inventory, openDealsOf }, await state.epoch());
  expect(await next.take(LEADS, [ROW], () => 'fresh')).toBe(1);
  await next.flush();

  expect(await queues.pending()).toBe(1);
  expect(
    await createHandOn({ queues, state, inventory, openDealsOf }, await state.epoch()).take(
      LEADS,
      [ROW],
      () => 'fresh',
    ),
  ).toBe(0);
});
