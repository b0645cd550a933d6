import { describe, expect, it } from 'vitest';

import type { LoggedRequest } from '../../src/sandbox/request-log.ts';
import { createHurriedClock } from '../support/hurried-clock.ts';
import { findViolations } from './checker.ts';
import { startFaultWorld } from './fault-world.ts';

const MINUTE = 60_000;
/** Five minutes pass in six seconds. */
const HASTE = 50;

function isCounted({ kind }: LoggedRequest): boolean {
  return kind !== 'token' && kind !== 'versions';
}

describe('an org whose daily calls are used up', () => {
  it('is asked once in five minutes, and everything is done when it answers again (XE14, FM 34)', async () => {
    await using started = await startFaultWorld();
    const { world, sandbox, company, org } = started;
    const clock = createHurriedClock(HASTE, sandbox.clock);
    const asked: number[] = [];
    const limit = sandbox.faults.add({ when: { where: isCounted }, skip: 20, do: { kind: 'daily-limit' } });
    sandbox.hooks.onRequest = (request) => {
      if (isCounted(request)) asked.push(clock.monotonic());
    };
    const daemon = world.start({ clock });
    const outage = await daemon.seen('org.unreachable');
    const begun = clock.monotonic();
    expect(outage.code).toBe('REQUEST_LIMIT_EXCEEDED');

    await sandbox.log.next(() => limit.fired() >= 4);
    const probes = asked.filter((at) => at > begun + MINUTE);
    const minutes = (clock.monotonic() - begun) / MINUTE;
    limit.off();
    await daemon.next('org.reachable');
    await daemon.until(() => org.all('Lead').every(({ OwnerId }) => OwnerId !== company.queueId('Inbound_Leads')));
    await daemon.until(() => org.all('Task', (task) => typeof task['Rolecall_Key__c'] === 'string').length === 7);
    await daemon.stop();

    expect(probes.length).toBeLessThanOrEqual(Math.ceil(minutes / 5));
    expect(world.events.filter(({ event }) => event === 'org.unreachable')).toHaveLength(1);
    expect(world.events.filter(({ event }) => event === 'org.reachable')).toHaveLength(1);
    expect(findViolations(sandbox)).toEqual([]);
  }, 60_000);
});

describe('an org that says how long to wait', () => {
  it('is left alone for so long by all calls, and everything is done then (FM 36)', async () => {
    await using started = await startFaultWorld();
    const { world, sandbox, company, org } = started;
    const clock = createHurriedClock(20, sandbox.clock);
    const busy = sandbox.faults.add({
      when: { where: isCounted },
      skip: 20,
      times: 1,
      do: { kind: 'answer', status: 429, body: '', headers: { 'retry-after': '30' } },
    });
    const asked: number[] = [];
    let begun = Number.POSITIVE_INFINITY;
    sandbox.hooks.onRequest = (request) => {
      if (begun < Number.POSITIVE_INFINITY && isCounted(request)) asked.push(clock.monotonic());
    };
    sandbox.hooks.afterAnswer = ({ status }) => {
      if (status === 429) begun = clock.monotonic();
    };
    const daemon = world.start({ clock });
    await daemon.seen('org.unreachable');
    await daemon.next('org.reachable');
    await daemon.until(() => org.all('Lead').every(({ OwnerId }) => OwnerId !== company.queueId('Inbound_Leads')));
    await daemon.stop();

    // What was under way already may still have arrived, and each that wakes takes this clock on by seconds.
    expect(busy.fired()).toBe(1);
    expect(asked.filter((at) => at < begun + 30_000).length).toBeLessThan(5);
    expect(asked.filter((at) => at > begun + 5_000 && at < begun + 30_000)).toEqual([]);
    expect(asked.find((at) => at > begun + 30_000)).toBeLessThan(begun + 60_000);
    await world.once();
    expect(findViolations(sandbox)).toEqual([]);
  }, 60_000);
});
