import { expect, it } from 'vitest';

import { createRedisState } from '../../src/adapters/state/redis-state.ts';
import type { EventName } from '../../src/observe/events.ts';
import type { RowFate } from '../../src/ports.ts';
import { heedPoison, isPoisoned } from '../../src/workers/poison-share.ts';
import { freshRedis } from '../support/redis.ts';

it.each([
  { refused: 19, writes: 19, poisoned: false, why: 'a person can look through them' },
  { refused: 20, writes: 20, poisoned: true, why: 'nothing gets through' },
  { refused: 20, writes: 99, poisoned: true, why: 'more than one in five is refused' },
  { refused: 20, writes: 100, poisoned: false, why: 'one in five is not more than one in five' },
])('$refused refusals among $writes writes: $why (D15)', ({ refused, writes, poisoned }) => {
  expect(isPoisoned({ refused, writes })).toBe(poisoned);
});

it('a module pauses once for what all its batches were refused; records that are gone count for nothing', async () => {
  await using fresh = await freshRedis();
  const state = createRedisState(fresh.redis, fresh.prefix);
  const events: EventName[] = [];
  const world = { state, observer: { emit: (event: EventName) => void events.push(event) } };

  await heedPoison(batch('ENTITY_IS_DELETED'), world);
  await heedPoison(batch('FIELD_CUSTOM_VALIDATION_EXCEPTION'), world);
  expect(await state.pausedModules()).toEqual(new Map());
  await heedPoison(batch('FIELD_CUSTOM_VALIDATION_EXCEPTION'), world);
  await heedPoison(batch('FIELD_CUSTOM_VALIDATION_EXCEPTION'), world);

  const reason = 'the org has refused 30 of 30 writes in 5 minutes, last with FIELD_CUSTOM_VALIDATION_EXCEPTION';
  expect(await state.pausedModules()).toEqual(new Map([['routing', { code: 'poison_share', reason }]]));
  expect(events).toEqual(['module.paused']);
});

it('what was counted is forgotten when the window is over, and when the module is resumed', async () => {
  await using fresh = await freshRedis();
  const state = createRedisState(fresh.redis, fresh.prefix);
  const count = { writes: 3, refused: 2 };

  expect(await state.countWrites('routing', count, 60_000)).toEqual(count);
  expect(await state.countWrites('routing', count, 60_000)).toEqual({ writes: 6, refused: 4 });
  await state.resumeModule('routing', []);
  expect(await state.countWrites('routing', count, 60_000)).toEqual(count);
  expect(await state.countWrites('routing', count, 0)).toEqual(count);
});

function batch(code: string) {
  return Array.from({ length: 15 }, () => ({ module: 'routing', answer: refusal(code) }));
}

function refusal(code: string): RowFate {
  return { kind: 'refused', code, message: 'no', fields: [], recovery: 'dead-letter' };
}
