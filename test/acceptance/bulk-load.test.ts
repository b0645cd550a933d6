import { expect, it } from 'vitest';

import type { Config } from '../../src/config/schema.ts';
import { startAlertPlace } from '../support/alert-place.ts';
import { startCompany } from '../support/company-world.ts';
import { WITHOUT_BUYER } from '../support/company.ts';

const DEALS = 300;

it('a load that moves hundreds of deals has each judged once, and people told once (CE19, CE20, C16, F36)', async () => {
  await using started = await startCompany({}, { adjust: pausingAt(DEALS + 100) });
  const { world, company, org } = started;
  await using channel = await startAlertPlace();
  const variables = { LEADS_WEBHOOK: channel.url };
  const deals = Array.from({ length: DEALS }, (_, index) =>
    company.opportunity('Value Proposition', WITHOUT_BUYER, { Name: `Deal ${index}` }),
  );
  await world.once({ variables });
  expect(deals.filter((deal) => company.flags(deal).status !== 'compliant')).toEqual([]);

  for (const deal of deals) org.admin.update(deal, { StageName: 'Proposal/Price Quote' });
  const before = world.events.length;
  await expect(world.once({ variables })).rejects.toMatchObject({ code: 'blast-radius' });

  const told = world.events.slice(before);
  const judged = told.filter(({ event, module }) => event === 'decision' && module === 'contact_roles');
  expect(judged).toHaveLength(DEALS);
  expect(new Set(judged.map(({ record_id: id }) => id))).toEqual(new Set(deals));
  expect(org.all('Opportunity', ({ StageName }) => StageName === 'Proposal/Price Quote')).toHaveLength(DEALS);
  expect(deals.filter((deal) => company.flags(deal).status === 'warning')).toHaveLength(100);
  expect(told.filter(({ event }) => event === 'module.paused')).toHaveLength(1);
  expect(channel.texts).toHaveLength(1);
});

function pausingAt(max: number) {
  return (config: Config): Config => {
    const radius = { ...config.write.blast_radius, flag_changes: { max, per: 600_000 } };
    return { ...config, write: { ...config.write, blast_radius: radius } };
  };
}
