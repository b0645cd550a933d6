import { expect, it } from 'vitest';

import { createMetrics } from '../../src/observe/metrics.ts';

it('counts what decisions find odd, as leads that a person takes past the rules (RE13)', async () => {
  const { registry, subscriber } = createMetrics();
  const decision = { object: 'Lead', record_id: '00Q000000000001AAA', module: 'routing' };

  subscriber('decision', { ...decision, result: 'owned', findings: ['rule_bypass'] }, 'info');
  subscriber('decision', { ...decision, result: 'owned' }, 'info');

  expect(await registry.metrics()).toContain('rolecall_findings_total{module="routing",finding="rule_bypass"} 1');
  expect(await registry.metrics()).toContain('rolecall_decisions_total{module="routing",result="owned"} 2');
});
