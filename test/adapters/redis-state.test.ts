import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createRedisState } from '../../src/adapters/state/redis-state.ts';
import type { State } from '../../src/ports.ts';
import { freshRedis, type FreshRedis } from '../support/redis.ts';

let fresh: FreshRedis;
let state: State;

beforeAll(async () => {
  fresh = await freshRedis();
});
afterAll(() => fresh[Symbol.asyncDispose]());
beforeEach(async () => {
  const keys = await fresh.redis.keys(`${fresh.prefix}:*`);
  if (keys.length > 0) await fresh.redis.del(...keys);
  state = createRedisState(fresh.redis, fresh.prefix);
});

describe('what was seen', () => {
  const first = { id: '00Q000000000001AAA', stamp: 1_000 };
  const edited = { id: '00Q000000000001AAA', stamp: 2_000 };

  it('is handed on once per id and stamp (F25)', async () => {
    await state.markSeen('Lead', [first], await state.epoch());

    expect(await state.unseen('Lead', [first, edited])).toEqual([edited]);
  });

  it('is forgotten by its stamp, when no poll reads so far back any more', async () => {
    await state.markSeen('Lead', [first, edited], await state.epoch());
    await state.forgetSeen('Lead', 2_000);

    expect(await state.unseen('Lead', [first, edited])).toEqual([first]);
  });
});

describe('a checkpoint', () => {
  it('holds only in the Redis that the work before it was given to (XE17)', async () => {
    const key = { id: '00Q000000000001AAA', stamp: 1_000 };
    await state.setTimers('lead', new Map([['a', 100]]));
    const due = await state.dueTimers('lead', 500, 10);
    const epoch = await state.epoch();
    await fresh.redis.del(`${fresh.prefix}:epoch`);

    await expect(state.moveWatermark('Lead', 2_000, epoch)).rejects.toMatchObject({ code: 'redis-lost' });
    await expect(state.markSeen('Lead', [key], epoch)).rejects.toMatchObject({ recovery: 'wait' });
    await expect(state.dropTimers('lead', due, epoch)).rejects.toMatchObject({ recovery: 'wait' });
    expect(await state.watermark('Lead')).toBeNull();
    expect(await state.unseen('Lead', [key])).toEqual([key]);
    expect(await state.dueTimers('lead', 500, 10)).toEqual(due);

    await state.moveWatermark('Lead', 2_000, await state.epoch());
    expect(await state.watermark('Lead')).toBe(2_000);
  });
});

describe('timers', () => {
  it('come due in order and only once', async () => {
    await state.setTimers('lead', new Map([['b', 200], ['a', 100], ['c', 900]])); // oxfmt-ignore

    const due = await state.dueTimers('lead', 500, 10);
    await state.dropTimers('lead', due, await state.epoch());

    expect([...due.keys()]).toEqual(['a', 'b']);
    expect([...(await state.dueTimers('lead', 1_000, 10)).keys()]).toEqual(['c']);
  });

  it('that were set anew while they fired stay', async () => {
    await state.setTimers('lead', new Map([['a', 100]]));
    const due = await state.dueTimers('lead', 500, 10);
    await state.setTimers('lead', new Map([['a', 700]]));

    await state.dropTimers('lead', due, await state.epoch());

    expect(await state.dueTimers('lead', 1_000, 10)).toEqual(new Map([['a', 700]]));
  });
});

describe('turns of a pool (R19)', () => {
  const change = {
    expected: new Map([['uki', null]]),
    states: new Map([['uki', '{"turns":1}']]),
    assignments: new Map([['lead:1', { user: 'max' }]]),
  };

  it('are put in place together with who got them', async () => {
    expect(await state.commitTurns(change)).toBe(true);

    expect(await state.poolStates(['uki', 'dach'])).toEqual(new Map([['uki', '{"turns":1}'], ['dach', null]])); // oxfmt-ignore
    expect(await state.assignments(['lead:1', 'lead:2'])).toEqual([{ user: 'max' }, null]);
  });

  it('are refused as a whole when another worker took a turn meanwhile', async () => {
    await state.commitTurns(change);

    expect(await state.commitTurns({ ...change, assignments: new Map([['lead:2', { user: 'max' }]]) })).toBe(false);
    expect(await state.assignments(['lead:2'])).toEqual([null]);
  });
});

describe('assignments of the day', () => {
  it('are found by their instant, and no more once they are taken back', async () => {
    const give = (key: string, given: Record<string, unknown> | null) =>
      state.commitTurns({ expected: new Map(), states: new Map(), assignments: new Map([[key, given]]) });
    await give('a:1', { at: 1_000 });
    await give('b:1', { at: 2_000 });
    await give('c:1', { at: 3_000 });
    await give('d:epoch', { epoch: 2 });

    await give('c:1', null);

    expect(await state.assignmentsSince(2_000)).toEqual(new Map([['b:1', { at: 2_000 }]]));
  });
});

describe('records that a paused module holds', () => {
  it('keep their places, each once, however often they are held (F36)', async () => {
    await state.holdRecords('routing', [{ kind: 'lead', id: 'b' }, { kind: 'lead', id: 'a' }]); // oxfmt-ignore
    await state.holdRecords('routing', [{ kind: 'lead', id: 'a' }, { kind: 'lead', id: 'c' }]); // oxfmt-ignore
    await state.holdRecords('routing', [{ kind: 'lead', id: 'b' }, { kind: 'lead', id: 'd' }]); // oxfmt-ignore

    expect((await state.heldRecords('routing')).map(({ id }) => id)).toEqual(['b', 'a', 'c', 'd']);
  });
});

describe('the lease', () => {
  it('belongs to one holder until it is dropped', async () => {
    expect(await state.holdLease('poller', 'a', 60_000)).toBe(true);
    expect(await state.holdLease('poller', 'b', 60_000)).toBe(false);

    await state.dropLease('poller', 'b');
    expect(await state.holdLease('poller', 'b', 60_000)).toBe(false);
    await state.dropLease('poller', 'a');
    expect(await state.holdLease('poller', 'b', 60_000)).toBe(true);
  });
});
