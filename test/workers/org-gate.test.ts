import { describe, expect, it } from 'vitest';

import { AppError } from '../../src/domain/error.ts';
import { createObserver, type EventName } from '../../src/observe/events.ts';
import { createOrgGate } from '../../src/workers/org-gate.ts';
import { createManualClock } from '../support/clock.ts';

const never = new AbortController().signal;
const outage = new AppError({ code: 'org-unavailable', recovery: 'wait', message: 'maintenance' });
const limit = new AppError({ code: 'REQUEST_LIMIT_EXCEEDED', recovery: 'wait', message: 'TotalRequests' });

function setUp() {
  const clock = createManualClock();
  const events: EventName[] = [];
  const observer = createObserver([(event) => events.push(event)]);
  let calls = 0;
  let failure: AppError | null = null;
  const gate = createOrgGate(clock, observer, () => 0.5);
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

  it('does not shut for a failure that is not about the whole org', async () => {
    const { call, failWith, gate } = setUp();
    failWith(new AppError({ code: 'INVALID_FIELD', recovery: 'fix-config', message: 'no such column' }));

    await expect(call()).rejects.toThrow('no such column');
    expect(gate.isOpen()).toBe(true);
  });
});
