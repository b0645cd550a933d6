import { describe, expect, it } from 'vitest';

import { createAlertOutbox } from '../../src/adapters/alerts/alert-outbox.ts';
import { createRedisState } from '../../src/adapters/state/redis-state.ts';
import { createTroubles } from '../../src/app/troubles.ts';
import { AppError } from '../../src/domain/error.ts';
import { countersOf } from '../../src/domain/write-category.ts';
import type { Pause } from '../../src/domain/pause.ts';
import { startAlertPlace, type AlertPlace } from '../support/alert-place.ts';
import { createManualClock } from '../support/clock.ts';
import { freshRedis, type FreshRedis } from '../support/redis.ts';

const AWAY = new AppError({ code: 'org-unavailable', recovery: 'wait', message: 'under maintenance' });
const TIMEOUT = new AppError({ code: 'org-timeout', recovery: 'wait', message: 'no answer in time' });
const REFUSED = new AppError({
  code: 'oauth-invalid-grant',
  recovery: 'fix-config',
  message: 'expired',
  mend: 'renew',
});

const HELD = new AppError({ code: 'sign-in-held', recovery: 'wait', message: 'refused four times' });

/** A process as it sees the world, which a test changes. Its alerts are sent when the test says so. */
function aProcess(fresh: FreshRedis, place: AlertPlace) {
  const clock = createManualClock();
  const seen = {
    outage: null as AppError | null,
    rejection: null as { readonly problems: readonly string[]; readonly instead: string } | null,
    standstills: new Map<string, Pause>(),
    isRedisThere: true,
    isLeader: true,
  };
  const outbox = createAlertOutbox({
    redis: { url: fresh.url, prefix: fresh.prefix },
    clock,
    addressOf: () => ({ kind: 'webhook', url: place.url }),
    tell: (alerts) =>
      alerts.map(({ facts }) => `${facts['event']} ${facts['module'] ?? facts['code'] ?? ''}`.trim()).join(),
    onSent: () => undefined,
    onHomeless: () => undefined,
    onUnsent: () => undefined,
  });
  const troubles = createTroubles({
    alerts: outbox,
    channel: () => 'ops',
    gate: { outage: () => seen.outage },
    config: { rejection: () => seen.rejection },
    loaded: () => ({ modes: new Map([['routing', 'enforce']]), frame: { configHash: 'abc' } }),
    state: createRedisState(fresh.redis, fresh.prefix),
    standstills: () => seen.standstills,
    isRedisThere: () => seen.isRedisThere,
    isLeader: () => seen.isLeader,
    clock,
  });
  return {
    seen,
    clock,
    ...troubles,
    [Symbol.asyncDispose]: () => outbox.close(),
    /** Looks, and sends what it tells. */
    tell: async () => {
      await troubles.look();
      await outbox.flush(1_000);
    },
  };
}

describe('those who run the daemon', () => {
  it('hear once of an outage that lasts, however it looks, and once of its end; not of one that passes (XE24)', async () => {
    await using fresh = await freshRedis();
    await using place = await startAlertPlace();
    await using daemon = aProcess(fresh, place);
    for (const outage of [AWAY, null, AWAY, TIMEOUT]) {
      daemon.seen.outage = outage;
      await daemon.clock.advance(40_000);
      await daemon.tell();
    }
    expect(place.texts).toEqual([]);

    for (const outage of [TIMEOUT, AWAY, AWAY, null, null]) {
      daemon.seen.outage = outage;
      await daemon.clock.advance(40_000);
      await daemon.tell();
    }

    expect(place.texts).toEqual(['org_unreachable org-timeout', 'org_reachable']);
  });

  it('hear at once of a sign-in that is refused, which time does not mend, and of nothing less until it is over (D11)', async () => {
    await using fresh = await freshRedis();
    await using place = await startAlertPlace();
    await using daemon = aProcess(fresh, place);

    for (const outage of [REFUSED, HELD, AWAY, REFUSED]) {
      daemon.seen.outage = outage;
      await daemon.clock.advance(40_000);
      await daemon.tell();
    }

    expect(place.texts).toEqual(['org_unreachable oauth-invalid-grant']);
  });

  it('hear of one outage once from several processes, and of its end from the next start', async () => {
    await using fresh = await freshRedis();
    await using place = await startAlertPlace();
    {
      await using one = aProcess(fresh, place);
      await using other = aProcess(fresh, place);
      for (const each of [one, other, one]) {
        each.seen.outage = REFUSED;
        await each.tell();
      }
    }
    expect(place.texts).toEqual(['org_unreachable oauth-invalid-grant']);

    await using next = aProcess(fresh, place);
    await next.tell();

    expect(place.texts.slice(1)).toEqual(['org_reachable']);
  });

  it('hear once of each configuration that is refused, and once when one is good again (F41)', async () => {
    await using fresh = await freshRedis();
    await using place = await startAlertPlace();
    await using daemon = aProcess(fresh, place);

    for (const problem of [null, 'one', 'one', 'other', null]) {
      daemon.seen.rejection = problem === null ? null : { problems: [problem], instead: 'the one before runs on' };
      await daemon.tell();
    }

    expect(place.texts).toEqual(['config_rejected', 'config_rejected', 'config_accepted']);
  });

  it('hear of a module that pauses and of one that goes on, each time, whoever pauses it (F36, XE9)', async () => {
    await using fresh = await freshRedis();
    await using place = await startAlertPlace();
    await using daemon = aProcess(fresh, place);
    const { seen, tell } = daemon;
    const state = createRedisState(fresh.redis, fresh.prefix);

    for (let times = 0; times < 2; times++) {
      await state.pauseModule('routing', { code: 'operator', reason: 'paused by ann' });
      await tell();
      expect([...daemon.paused().keys()]).toEqual(['routing']);
      await state.resumeModule('routing', countersOf('routing'));
      await tell();
    }
    seen.standstills.set('routing', { code: 'E_FIELD_NO_ACCESS', reason: 'Lead.OwnerId is not there' });
    await tell();
    seen.standstills.delete('routing');
    await tell();

    const round = ['module_paused routing', 'module_resumed routing'];
    expect(place.texts).toEqual([...round, ...round, 'module_stands_still routing', 'module_resumed routing']);
  });

  it('hear of a Redis that stays away from the one process that polled, though nothing can be kept', async () => {
    await using fresh = await freshRedis();
    await using place = await startAlertPlace();
    await using leader = aProcess(fresh, place);
    await using other = aProcess(fresh, place);
    other.seen.isLeader = false;
    const both = async (isRedisThere: boolean): Promise<void> => {
      for (const each of [leader, other]) {
        each.seen.isRedisThere = isRedisThere;
        await each.clock.advance(40_000);
        await each.look();
      }
    };

    for (const isRedisThere of [true, false, false, false, false]) await both(isRedisThere);
    expect(place.texts).toEqual(['redis_unreachable']);
    await both(true);
    await leader.tell();

    expect(place.texts.slice(1)).toEqual(['redis_reachable']);
  });
});
