import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it } from 'vitest';

import { companySeed, openCompany, TUESDAY } from '../support/company.ts';
import { startWorld } from '../support/world.ts';

const ORG = `
org: { timezone: Europe/London, default_calendar: always }
extract: { start_at: 2026-10-01T00:00:00Z }
calendars: { always: { timezone: UTC, open: { mon-sun: ['00:00-24:00'] } } }
lists: { named: { file: named.csv, columns: [domain, account_id, owner] } }
`;

const ROUTING = `
routing:
  mode: enforce
  intake: [{ queue: Inbound_Leads }]
  named_account: { list: named }
  territories: [{ id: all, assign: team }]
  pools: { team: { strategy: least_loaded, members: [kim@northwind.example, lee@northwind.example] } }
  fallback: [{ queue: Unrouted_Leads }]
`;

const CUSTOM = ['Rolecall_Turn__c', 'Territory__c', 'Routed_At__c', 'Routing_Reason__c', 'MQL__c', 'Lead_Score__c'];

it('routes in an org that has no field of ours, by a configuration that names none', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'rolecall-small-'));
  const world = await startWorld({ records: companySeed(TUESDAY) }, { config: folder });
  await using _ = world;
  const { sandbox } = world;
  sandbox.clock.set(TUESDAY);
  const company = openCompany(sandbox);
  for (const field of CUSTOM) sandbox.org.hideField('Lead', field);
  for (const field of ['BillingCountryCode', 'BillingStateCode']) sandbox.org.hideField('Account', field);
  const account = { Name: 'Acme', Website: 'acme.example', OwnerId: company.userId('max') };
  const accountId = sandbox.org.admin.insert('Account', account);
  writeFileSync(path.join(folder, 'org.yaml'), ORG);
  writeFileSync(path.join(folder, 'routing.yaml'), ROUTING);
  writeFileSync(path.join(folder, 'named.csv'), `domain,account_id,owner\nacme.example,${accountId},\n`);
  const named = company.lead({ LastName: 'Named', Email: 'a@eu.acme.example' });
  const leads = ['One', 'Two', 'Three', 'Four'].map((name) => company.lead({ LastName: name }));

  await world.once();
  rmSync(folder, { recursive: true });

  expect(company.ownerOf(named)).toBe('max');
  expect(leads.map((lead) => company.ownerOf(lead)).toSorted()).toEqual(['kim', 'kim', 'lee', 'lee']);
  expect(world.events.filter(({ event }) => event === 'dead_letter' || event === 'module.paused')).toEqual([]);
});
