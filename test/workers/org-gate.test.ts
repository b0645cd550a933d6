import { describe, expect, it } from 'vitest';

import { AppError } from '../../src/domain/error.ts';
import { createObserver, type EventName } from '../../src/observe/events.ts';
import { createOrgGate } from '../../src/workers/org-gate.ts';
import { createManualClock, type ManualClock } from '../support/clock.ts';

const never = new AbortController().signal;
const outage = new AppError({ code: 'org-unavailable', recovery: 'wait', message: 'maintenance' });
const limit = new AppError({ code: 'REQUEST_LIMIT_EXCEEDED', recovery: 'wait', message: 'TotalRequests' });

async function twentySeconds(clock: ManualClock): Promise<void> {
  for (let second = 0; second < 20; second++) await clock.advance(1_000);
}

function setUp() {
  const clock = createManualClock();
  const events: EventName[] = [];
  const observer = createObserver([(event) => events.push(event)]);
  let calls = 0;
  let failure: AppError | null = null;
  const gate = createOrgGate(
    clock,
    observer,
    () => 0.5,
    () => calls,
  );
  return {
    clock,
    events,
    gate,
    calls: () => calls,
    failWith: (error: AppError | null) => {
      failure = error;
    },
    call: () =>
      gate.pass(async () => {
        calls++;
        if (failure !== null) throw failure;
        return 'answer';
      }, never),
  };
}

describe('the gate before Salesforce', () => {
  it('lets calls through while the org answers', async () => {
    const { call, events } = setUp();

    await expect(call()).resolves.toBe('answer');
    expect(events).toEqual([]);
  });

  it('tells of an outage once, and of its end once, however many callers met it', async () => {
    const { call, clock, events, failWith, calls } = setUp();
    failWith(outage);
    await Promise.allSettled([call(), call(), call()]);
    const waiting = [call(), call()];
    await clock.advance(500);
    expect(calls()).toBe(3);

    failWith(null);
    for (let step = 0; step < 40; step++) await clock.advance(500);

    await expect(Promise.all(waiting)).resolves.toEqual(['answer', 'answer']);
    expect(events).toEqual(['org.unreachable', 'org.reachable']);
  });

  it('is not opened by a call that began before the outage', async () => {
    const { gate, events, call, failWith } = setUp();
    const slow = Promise.withResolvers<void>();
    const begunBefore = gate.pass(() => slow.promise, never);
    failWith(outage);
    await expect(call()).rejects.toThrow('maintenance');

    slow.resolve();
    await begunBefore;

    expect(gate.isOpen()).toBe(false);
    expect(events).toEqual(['org.unreachable']);
  });

  it('is not opened by work that needed nothing of the org', async () => {
    const { gate, events, call, clock, failWith } = setUp();
    failWith(limit);
    await expect(call()).rejects.toThrow('TotalRequests');
    const idle = gate.pass(async () => 'nothing to do', never);
    await clock.advance(5 * 60_000);

    await expect(idle).resolves.toBe('nothing to do');
    expect(gate.isOpen()).toBe(false);
    expect(events).toEqual(['org.unreachable']);
  });

  it('asks at most once in five minutes when the daily allocation is used up (XE14)', async () => {
    const { call, clock, failWith, calls } = setUp();
    failWith(limit);
    await Promise.allSettled([call()]);
    const waiting = [call(), call(), call()].map((answer) => answer.catch(() => undefined));
    const before = calls();

    for (let second = 0; second < 15 * 60; second++) await clock.advance(1_000);

    expect(calls() - before).toBeLessThanOrEqual(3);
    await clock.advance(3_600_000);
    await clock.advance(3_600_000);
    await Promise.all(waiting);
  });

  it.each([
    ['longer than its own pause, when asked to', outage.code, 120_000, 119_000],
    ['no five minutes for a limit that tells when it ends', limit.code, 30_000, 29_000],
  ])('waits %s (I23)', async (_, code, retryAfterMs, tooEarly) => {
    const { call, clock, failWith, calls } = setUp();
    failWith(new AppError({ code, recovery: 'wait', message: 'later', retryAfterMs }));
    await expect(call()).rejects.toThrow('later');
    failWith(null);
    const waiting = call();

    await clock.advance(tooEarly);
    expect(calls()).toBe(1);
    for (let second = 0; second < 15; second++) await clock.advance(1_000);

    await expect(waiting).resolves.toBe('answer');
  });

  it('shuts when the org does not let us in, and tells it once with how to mend it (D11, I40)', async () => {
    const { call, gate, events, failWith, clock } = setUp();
    failWith(new AppError({ code: 'oauth-user-inactive', recovery: 'fix-config', message: 'inactive' }));
    await expect(call()).rejects.toThrow('inactive');
    for (let tries = 0; tries < 3; tries++) {
      const [refused] = await Promise.all([call().catch((error: unknown) => error), twentySeconds(clock)]);
      expect(refused).toMatchObject({ code: 'oauth-user-inactive' });
    }

    expect(gate.isOpen()).toBe(false);
    expect(events).toEqual(['org.unreachable']);
  });

  it.each(['budget-low', 'concurrent-limit'])('stays open for %s, which concerns some calls only', async (code) => {
    const { call, gate, events, failWith } = setUp();
    failWith(new AppError({ code, recovery: 'wait', message: 'not now' }));

    await expect(call()).rejects.toThrow('not now');

    expect(gate.isOpen()).toBe(true);
    expect(events).toEqual([]);
  });

  it('does not shut for a failure that is not about the whole org', async () => {
    const { call, failWith, gate } = setUp();
    failWith(new AppError({ code: 'INVALID_FIELD', recovery: 'fix-config', message: 'no such column' }));

    await expect(call()).rejects.toThrow('no such column');
    expect(gate.isOpen()).toBe(true);
  });
});
