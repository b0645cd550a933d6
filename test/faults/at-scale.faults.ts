import { expect, it } from 'vitest';

import type { Config } from '../../src/config/schema.ts';
import { writeStamp } from '../../src/sandbox/org-clock.ts';
import { startCompany } from '../support/company-world.ts';
import { TUESDAY, WITHOUT_BUYER } from '../support/company.ts';
import { runOn } from '../support/desk.ts';
import { loadExample } from '../support/world.ts';

const { blast_radius: RADIUS } = loadExample().write;

function within(radius: Partial<typeof RADIUS>): (config: Config) => Config {
  return ({ write, ...config }) => ({
    ...config,
    write: { ...write, blast_radius: { ...write.blast_radius, ...radius } },
  });
}

it('20,000 leads imported at once: all are decided, writes stop at the breaker, in order, and one alert says so (QE12, F36)', async () => {
  const LEADS = 20_000;
  const MOST = RADIUS.status_changes.max;
  await using started = await startCompany(
    { dailyLimit: 1_000_000 },
    { adjust: within({ status_changes: RADIUS.status_changes }) },
  );
  const { world, company, org } = started;
  const OwnerId = company.queueId('Inbound_Leads');
  const leads = org.load(
    Array.from({ length: LEADS }, (_, index) => {
      const stamp = writeStamp(TUESDAY - (LEADS - index) * 10);
      return {
        object: 'Lead',
        fields: {
          LastName: `Cold${index}`,
          Company: 'Fjordkraft AS',
          Email: `kari@cold${index}.example`,
          Country: 'Norway',
          NumberOfEmployees: 10,
          LeadSource: 'Webinar',
          Status: 'Open - Not Contacted',
          OwnerId,
          CreatedDate: stamp,
          LastModifiedDate: stamp,
          SystemModstamp: stamp,
        },
      };
    }),
  );
  const decided = new Map<string, unknown>();

  const daemon = world.start({ variables: { LEADS_WEBHOOK: 'http://127.0.0.1:9/nobody' } });
  await daemon.until(() => {
    const last = daemon.told.at(-1);
    if (last?.event === 'decision' && last['module'] === 'qualification')
      decided.set(String(last['record_id']), last['result']);
    return decided.size === LEADS;
  });
  await daemon.stop();

  expect(new Set(decided.values())).toEqual(new Set(['nurture']));
  const isWritten = leads.map((lead) => org.record(lead)?.['Status'] === 'Nurturing');
  expect(isWritten.filter(Boolean)).toHaveLength(MOST);
  expect(isWritten.lastIndexOf(true)).toBe(MOST - 1);
  expect(daemon.told.filter(({ event }) => event === 'module.paused')).toHaveLength(1);
  expect(await world.fresh.redis.zcard(`${world.fresh.prefix}:alerts:told`)).toBe(1);
}, 600_000);

it('12,000 opportunities at the first start: a plan shows all, tasks stop at the breaker, flags go out by 200 (CE19, F36)', async () => {
  const DEALS = 12_000;
  await using started = await startCompany({ dailyLimit: 1_000_000 }, { adjust: within(RADIUS) });
  const { world, company, org, sandbox } = started;
  const owners = ['max', 'kim', 'ron'].map((login) => company.userId(login));
  for (let deal = 0; deal < DEALS; deal++) {
    const OwnerId = owners[deal % owners.length]!;
    company.opportunity('Proposal/Price Quote', WITHOUT_BUYER, { Name: `Deal ${deal}`, OwnerId });
  }

  const plan = await runOn(world, ['plan', '--json']);
  sandbox.log.clear();
  await expect(world.once()).rejects.toMatchObject({ code: 'blast-radius' });

  expect(plan).toMatchObject({ code: 0, err: [] });
  expect(JSON.parse(plan.out[0]!)).toMatchObject({ records: DEALS });
  const flagged = org.all('Opportunity', ({ Contact_Role_Status__c: status }) => status != null).length;
  const tasks = org.all('Task', ({ Rolecall_Key__c: key }) => key != null).length;
  expect(tasks).toBeGreaterThan(0);
  expect(tasks).toBeLessThanOrEqual(RADIUS.tasks_created.max);
  expect(flagged).toBe(RADIUS.flag_changes.max);
  const calls = sandbox.log.entries.filter(({ changes }) => changes.some(({ object }) => object === 'Opportunity'));
  expect(calls.length).toBeLessThanOrEqual(flagged / 200);
}, 600_000);
