import { expect, it } from 'vitest';

import { UNBOUNDED } from '../../src/domain/api-budget.ts';
import { createMetrics } from '../../src/observe/metrics.ts';

it('counts what decisions find odd, as leads that a person takes past the rules (RE13)', async () => {
  const { registry, subscriber } = createMetrics();
  const decision = { object: 'Lead', record_id: '00Q000000000001AAA', module: 'routing' };

  subscriber('decision', { ...decision, result: 'owned', findings: ['rule_bypass'] }, 'info');
  subscriber('decision', { ...decision, result: 'owned' }, 'info');

  expect(await registry.metrics()).toContain('rolecall_findings_total{module="routing",finding="rule_bypass"} 1');
  expect(await registry.metrics()).toContain('rolecall_decisions_total{module="routing",result="owned"} 2');
});

it('tells how things stand at each look, for every module, also once all is well again', async () => {
  const metrics = createMetrics();
  const standing = {
    calls: 7,
    budget: { byLane: new Map(), budget: UNBOUNDED, org: null, held: [] },
    queued: { waiting: 0, dead: new Map([['routing', 2]]), alerts: 3 },
    paused: new Map([['routing', true]]),
    isConfigRejected: true,
    isRedisThere: false,
  };
  const figures = async (): Promise<readonly string[]> =>
    (await metrics.registry.metrics()).split('\n').filter((line) => /^rolecall_(?:dead_letters|module|config_rejected |redis|alerts|org_reach)/.test(line)); // oxfmt-ignore

  metrics.subscriber('alert.sent', { alert: 'leads', alerts: 2, kinds: ['fight'] }, 'info');
  metrics.setGauges(standing);
  const before = await figures();
  metrics.setGauges({
    ...standing,
    queued: { waiting: 0, dead: new Map([['routing', 0]]), alerts: 0 },
    paused: new Map([['routing', false]]),
    isConfigRejected: false,
    isRedisThere: true,
  });

  const told = [
    ['rolecall_org_reachable', 1, 1],
    ['rolecall_dead_letters{module="routing"}', 2, 0],
    ['rolecall_module_paused{module="routing"}', 1, 0],
    ['rolecall_config_rejected', 1, 0],
    ['rolecall_redis_reachable', 0, 1],
    ['rolecall_alerts_waiting', 3, 0],
    ['rolecall_alerts_total{alert="leads",fate="sent"}', 2, 2],
  ] as const;
  expect(before).toEqual(told.map(([name, value]) => `${name} ${value}`));
  expect(await figures()).toEqual(told.map(([name, , value]) => `${name} ${value}`));
});
