import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createCallLedger } from '../../../src/adapters/redis-call-ledger.ts';
import type { SalesforceSettings } from '../../../src/adapters/salesforce/settings.ts';
import type { ApiBudget, BudgetStanding } from '../../../src/domain/api-budget.ts';
import type { Salesforce } from '../../../src/ports.ts';
import { freshRedis, type FreshRedis } from '../../support/redis.ts';
import { anAdapter, startOddOrg, type OddAnswer, type OddOrg } from './odd-org.ts';

const FOREVER = new AbortController().signal;
const MINUTE = 60_000;
const LEAD: OddAnswer = { json: { name: 'Lead', createable: true, updateable: true, fields: [] } };
const LIMIT: OddAnswer = {
  status: 403,
  json: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
};

let fresh: FreshRedis;
let org: OddOrg;
let answer: OddAnswer;
let replicas: Salesforce[];
/** What the timers of all replicas have moved on by, ms. */
let passed: number;

beforeEach(async () => {
  fresh = await freshRedis();
  answer = LEAD;
  org = await startOddOrg(() => {
    const date = new Date(Date.now() + passed).toUTCString();
    return { ...answer, headers: { ...answer.headers, date } };
  });
  replicas = [];
  passed = 0;
});
afterEach(async () => {
  for (const replica of replicas) await replica.close();
  await org.close();
  await fresh[Symbol.asyncDispose]();
});

function aReplica(settings: Partial<SalesforceSettings> = {}): Salesforce {
  const ledger = createCallLedger(fresh.redis, fresh.prefix);
  const replica = anAdapter(org.url, { ledger, monotonic: () => performance.now() + passed, ...settings });
  replicas.push(replica);
  return replica;
}

function ask(replica: Salesforce): Promise<string> {
  return replica.describe('Lead', FOREVER).then(
    () => 'answered',
    (error: { code: string }) => error.code,
  );
}

function fifty(): ApiBudget {
  return { dailyCalls: 50, keepFree: 0 };
}

function usage(used: number): OddAnswer {
  return { ...LEAD, headers: { 'sforce-limit-info': `api-usage=${used}/15000` } };
}

describe('two replicas', () => {
  it('have at most five calls in flight together (I22)', async () => {
    const pair = [aReplica(), aReplica()];

    const told = await Promise.all(Array.from({ length: 60 }, (_, index) => ask(pair[index % 2]!)));

    expect(new Set(told)).toEqual(new Set(['answered']));
    expect(org.requests).toHaveLength(60);
    expect(org.mostInFlight()).toBeLessThanOrEqual(5);
  });

  it('ask four times in 15 minutes while the daily limit holds, and both go on after the next probe (XE14, I21)', async () => {
    const [first, second] = [aReplica(), aReplica()];
    expect([await ask(first), await ask(second)]).toEqual(['answered', 'answered']);
    answer = LIMIT;
    expect(await ask(first)).toBe('REQUEST_LIMIT_EXCEEDED');
    org.requests.length = 0;

    for (let minute = 0; minute < 15; minute++) {
      passed += MINUTE;
      await Promise.all([ask(first), ask(second), ask(first)]);
    }
    expect(org.requests.length).toBeGreaterThanOrEqual(2);
    expect(org.requests.length).toBeLessThanOrEqual(4);
    answer = LEAD;
    passed += 6 * MINUTE;

    // One of them probes, the other hears of it within seconds.
    for (const replica of [first, second]) {
      await expect.poll(() => ask(replica), { interval: 100, timeout: 25_000 }).toBe('answered');
    }
  });

  it('never make more calls than daily_calls, of which routing keeps a tenth (F43, I20)', async () => {
    const pair = [aReplica({ budget: fifty }), aReplica({ budget: fifty })];
    const laned = pair.map((replica) => replica.inLane('contact_roles'));

    const others = await Promise.all(Array.from({ length: 60 }, (_, index) => ask(laned[index % 2]!)));
    const made = org.requests.length;
    const routing = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(pair[index % 2]!)));

    expect(made).toBe(45);
    expect(others.filter((told) => told === 'budget-low')).toHaveLength(15);
    expect(routing.filter((told) => told === 'answered')).toHaveLength(5);
    expect(org.requests).toHaveLength(50);
  });

  it('go on by themselves when Redis is away, each within daily_calls', async () => {
    const redis = fresh.redis.duplicate({ maxRetriesPerRequest: 1 });
    const replica = aReplica({ budget: fifty, ledger: createCallLedger(redis, fresh.prefix) });
    expect(await ask(replica)).toBe('answered');
    redis.disconnect();

    const told = await Promise.all(Array.from({ length: 60 }, () => ask(replica)));

    expect(new Set(told)).toEqual(new Set(['answered', 'budget-low']));
    expect(org.requests.length).toBeLessThanOrEqual(50);
  });

  it('book the calls again that a Redis which was emptied has forgotten', async () => {
    const replica = aReplica({ budget: () => ({ dailyCalls: 400, keepFree: 0 }) });
    await Promise.all(Array.from({ length: 300 }, () => ask(replica)));
    await fresh.redis.del(`${fresh.prefix}:calls`);

    await expect
      .poll(async () =>
        (
          await createCallLedger(fresh.redis, fresh.prefix).exchange({
            now: Date.now(),
            booked: new Map(),
            wanted: null,
            places: 5,
            inside: 0,
            waiting: 0,
            usage: null,
            limit: null,
            probeInMs: null,
          })
        ).byLane.get('routing'),
      )
      .toBeGreaterThanOrEqual(300);
  });
});

describe('an org with little left (F43)', () => {
  it('is called by the first two lanes only, which is told once, as is its end', async () => {
    const standings: BudgetStanding[] = [];
    const replica = aReplica({
      budget: () => ({ dailyCalls: null, keepFree: 0.2 }),
      onBudget: (standing) => standings.push(standing),
    });
    answer = usage(12_100);

    const told = [];
    for (const lane of ['routing', 'sla', 'contact_roles', 'recycling', 'reports', 'backfill'] as const) {
      told.push(await ask(replica.inLane(lane)));
    }
    // One of many servers, a little behind: no reason to let the others call and stop them again.
    answer = usage(11_998);
    await ask(replica);
    answer = usage(9_000);
    await ask(replica);

    expect(told).toEqual(['answered', 'answered', 'budget-low', 'budget-low', 'budget-low', 'budget-low']);
    expect(standings.map(({ held, org: usageOfOrg }) => [held.length, usageOfOrg?.used])).toEqual([
      [4, 12_100],
      [0, 9_000],
    ]);
    expect(await ask(replica.inLane('backfill'))).toBe('answered');
  });
});
