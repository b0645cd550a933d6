import { expect, test } from 'vitest';

import { readAlertChannels } from '../../src/config/alert-urls.ts';

const alerts = { leads: { slack: 'LEADS_WEBHOOK' }, revops: { webhook: 'REVOPS_WEBHOOK' } };

test('takes the URLs of alerts from the environment', () => {
  const channels = readAlertChannels(alerts, { LEADS_WEBHOOK: 'https://hooks.example/T0/B0' });

  expect([...channels]).toEqual([
    ['leads', { kind: 'slack', variable: 'LEADS_WEBHOOK', url: 'https://hooks.example/T0/B0' }],
    ['revops', { kind: 'webhook', variable: 'REVOPS_WEBHOOK', url: null }],
  ]);
});

test('refuses what is not a URL, without repeating it', () => {
  expect(() => readAlertChannels(alerts, { LEADS_WEBHOOK: 'T0/B0' })).toThrow(
    /^LEADS_WEBHOOK, of the alert "leads", is not a URL$/,
  );
});
