import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { boundsIn } from '../poll/reading-laws.ts';
import { startCompany } from '../support/company-world.ts';
import { TUESDAY, WITHOUT_BUYER } from '../support/company.ts';
import { EXAMPLE } from '../support/world.ts';
import { findViolations } from './checker.ts';

const HOUR = 3_600;
const DAY = 24 * 3_600_000;
const OLD = '2009-03-02T09:00:00.000+0000';

describe.concurrent('what is read', () => {
  it('is as old as start_at says: a deal that nobody has touched since 2009 is judged (XE6, FM 4)', async () => {
    const since2009 = Date.parse('2009-01-01T00:00:00Z');
    await using started = await startCompany(
      {},
      {
        adjust: (config) => ({
          ...config,
          extract: { ...config.extract, start_at: since2009 },
          contact_roles: { ...config.contact_roles!, effective_from: '2009-01-01' },
        }),
      },
    );
    const { world, company } = started;
    const stamps = { CreatedDate: OLD, LastStageChangeDate: OLD, LastModifiedDate: OLD, SystemModstamp: OLD };
    const deal = company.opportunity('Proposal/Price Quote', [], stamps);

    await world.once();

    expect(company.flags(deal).status).toBe('violation');
  });

  it('goes on at its watermark though fields come and go, and meets a change of the account without an event (FM 12, FM 15)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock, sandbox } = started;
    const environment = { ...world.environment, configFolder: copyOfExample(world.folder) };
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    org.hideField('Opportunity', 'Probability');
    await world.once({ environment });
    // What its own writes left behind is read by then.
    await world.once({ environment });
    clock.advance(HOUR);
    sandbox.log.clear();

    org.showField('Opportunity', 'Probability');
    org.hideField('Opportunity', 'LeadSource');
    const account = String(org.record(deal)?.['AccountId']);
    org.as('max@northwind.example').update(account, { Status__c: 'Do Not Sell' });
    await world.once({ environment });

    const bounds = boundsIn(sandbox);
    expect(bounds.map(({ object }) => object)).toContain('Opportunity');
    expect(bounds.filter(({ from }) => from < TUESDAY - HOUR * 1_000)).toEqual([]);
    expect(company.flags(deal).status).toBe('violation');

    clock.set(TUESDAY + DAY);
    await world.once({ environment });
    expect(company.flags(deal).status).toBeNull();
    expect(company.tasks(deal)).toMatchObject([{ isOpen: false }]);
    expect(findViolations(sandbox)).toEqual([]);
  });
});

/** The example, whose committees leave out the deals of accounts that nobody may sell to. */
function copyOfExample(parent: string): string {
  const folder = path.join(parent, 'config');
  cpSync(EXAMPLE, folder, { recursive: true });
  const file = path.join(folder, 'enforcement.yaml');
  const scope = 'RecordType.DeveloperName: [New_Business, Expansion]';
  const text = readFileSync(file, 'utf8').replace(scope, `${scope}\n    Account.Status__c: { not: Do Not Sell }`);
  writeFileSync(file, text);
  return folder;
}
