import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createCallLedger } from '../../src/adapters/redis-call-ledger.ts';
import { sumOf } from '../../src/domain/api-budget.ts';
import type { Lane } from '../../src/domain/lane.ts';
import type { CallNews } from '../../src/domain/call-news.ts';
import type { CallLedger } from '../../src/ports.ts';
import { freshRedis, type FreshRedis } from '../support/redis.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TEN = Date.parse('2026-11-25T10:00:00Z');

let fresh: FreshRedis;
let first: CallLedger;
let second: CallLedger;

beforeAll(async () => {
  fresh = await freshRedis();
});
afterAll(() => fresh[Symbol.asyncDispose]());
beforeEach(async () => {
  const keys = await fresh.redis.keys(`${fresh.prefix}:*`);
  if (keys.length > 0) await fresh.redis.del(...keys);
  first = createCallLedger(fresh.redis, fresh.prefix);
  second = createCallLedger(fresh.redis, fresh.prefix);
});

function news(changes: Partial<CallNews> = {}): CallNews {
  return {
    now: TEN,
    booked: new Map(),
    wanted: null,
    places: 5,
    inside: 0,
    waiting: 0,
    usage: null,
    limit: null,
    probeInMs: null,
    ...changes,
  };
}

function wanting(lane: Lane, calls: number, ceiling: number | null): CallNews {
  return news({ wanted: { lane, calls, ceiling } });
}

describe('the calls of all replicas (F43)', () => {
  it('are granted together up to the ceiling, and not one more', async () => {
    const granted = [
      await first.exchange(wanting('contact_roles', 60, 90)),
      await second.exchange(wanting('reports', 60, 90)),
      await first.exchange(wanting('backfill', 1, 90)),
      await second.exchange(wanting('routing', 20, 100)),
    ].map((standing) => standing.granted);

    expect(granted).toEqual([60, 30, 0, 10]);
  });

  it('run out 24 hours later, to the full hour', async () => {
    await first.exchange(wanting('routing', 100, 100));

    const early = await first.exchange({ ...wanting('routing', 1, 100), now: TEN + 24 * HOUR });
    const later = await first.exchange({ ...wanting('routing', 1, 100), now: TEN + 25 * HOUR });

    expect([early.granted, later.granted]).toEqual([0, 1]);
  });

  it('are known by lane to each replica, with those that were given back and those booked later', async () => {
    await first.exchange(wanting('routing', 20, null));
    await second.exchange(news({ booked: new Map([['reports', 3]]) }));
    await first.leave(news({ booked: new Map([['routing', -15]]) }));

    const { byLane } = await second.exchange(news());

    expect([...byLane].filter(([, calls]) => calls !== 0)).toEqual([
      ['routing', 5],
      ['reports', 3],
    ]);
    expect(sumOf(byLane)).toBe(8);
  });

  it('are told with what the org told any of them', async () => {
    await first.exchange(news({ usage: { used: 891, limit: 15_000 } }));

    expect((await second.exchange(news())).usage).toEqual({ used: 891, limit: 15_000 });
  });
});

describe('the places in flight of all replicas (I22)', () => {
  it('all go to one that is alone, and are never more than there are while a second comes in', async () => {
    expect((await first.exchange(news())).places).toBe(5);
    const early = await second.exchange(news({ waiting: 1 }));
    const busy = await first.exchange(news({ inside: 5 }));
    const still = await second.exchange(news({ waiting: 1 }));
    await first.exchange(news({ inside: 2 }));
    const fair = await second.exchange(news({ waiting: 1 }));

    expect([early.places, busy.places, still.places, fair.places]).toEqual([0, 3, 0, 2]);
  });

  it('come free at once when a replica stops', async () => {
    await first.exchange(news());
    await first.leave(news());

    expect((await second.exchange(news())).places).toBe(5);
  });

  it('go by need when there are more replicas than places', async () => {
    const idle = await first.exchange(news({ places: 1 }));
    const waiting = await second.exchange(news({ places: 1, waiting: 1 }));
    const released = await first.exchange(news({ places: 1 }));
    const served = await second.exchange(news({ places: 1, waiting: 1 }));

    expect([idle.places, waiting.places, released.places, served.places]).toEqual([1, 0, 0, 1]);
  });
});

describe('the daily limit of the org (XE14, I21)', () => {
  it('is probed by one of all replicas every five minutes', async () => {
    await first.exchange(news({ limit: 'reached' }));
    const askedAt = async (ledger: CallLedger, at: number) =>
      (await ledger.exchange(news({ now: at, limit: 'asking' }))).isProbe;

    const early = await askedAt(second, TEN + 4 * MINUTE);
    const due = await askedAt(second, TEN + 5 * MINUTE);
    const again = await askedAt(first, TEN + 5 * MINUTE + 1);
    const next = await askedAt(first, TEN + 10 * MINUTE);

    expect([early, due, again, next]).toEqual([false, true, false, true]);
  });

  it('is probed as soon as the org has told, where it has (I23, FM 36)', async () => {
    await first.exchange(news({ limit: 'reached', probeInMs: 30_000 }));

    const probes: boolean[] = [];
    for (const at of [TEN + 29_000, TEN + 30_000, TEN + 60_000]) {
      probes.push((await second.exchange(news({ now: at, limit: 'asking' }))).isProbe);
    }

    expect(probes).toEqual([false, true, false]);
  });

  it('is known to replicas that were not refused, and gone for all when one was answered', async () => {
    await first.exchange(news({ limit: 'reached' }));
    const told = await second.exchange(news());
    await second.exchange(news({ limit: 'gone' }));
    const free = await first.exchange(news());

    expect([told.probeAt, free.probeAt]).toEqual([TEN + 5 * MINUTE, null]);
  });
});
