import { setTimeout as delay } from 'node:timers/promises';

import type { Events } from '../observe/events.ts';
import type { SandboxOrg } from '../sandbox/sandbox-org.ts';
import type { StoredRecord } from '../sandbox/types.ts';
import type { Terminal } from './command.ts';
import { playClosing } from './demo-closing.ts';
import { playMonday } from './demo-monday.ts';
import type { Tally } from './demo-tally.ts';

/** Nobody waits longer than this for an answer of the daemon, ms. */
const PATIENCE = 120_000;

/** The people of the org change things, one after the other, and wait for the daemon's answer to each. */
export async function playScenes(
  sandbox: SandboxOrg,
  tally: Tally,
  terminal: Terminal,
  stop: AbortSignal,
): Promise<void> {
  const say = (text: string): void => terminal.out(`\n▶ ${text}`);
  const answered = (waiting: Promise<unknown>): Promise<unknown> =>
    Promise.race([waiting, delay(PATIENCE, undefined, { signal: stop }).then(noAnswer)]);

  await answered(tally.next('idle'));
  terminal.out(tally.summary());
  const { org } = sandbox;

  await playClosing(sandbox, tally, say, answered);

  const deal = dealWithoutBuyer(sandbox);
  say(`${nameOf(sandbox, deal['OwnerId'])} adds an Economic Buyer to "${text(deal['Name'])}".`);
  const added = tally.next(
    'decision',
    ({ record_id, module }) => record_id === deal['Id'] && module === 'contact_roles',
  );
  const roleId = org.as(usernameOf(sandbox, deal['OwnerId'])).insert('OpportunityContactRole', {
    OpportunityId: text(deal['Id']),
    ContactId: spareContact(sandbox, deal),
    Role: 'Economic Buyer',
  });
  await answered(added);

  // The org tells of deleted roles by the minute.
  say('Somebody deletes that contact role again. (The org lists deletions by the minute, so this takes up to one.)');
  const missed = tally.next(
    'decision',
    ({ record_id, module }) => record_id === deal['Id'] && module === 'contact_roles',
  );
  org.admin.delete(roleId);
  sandbox.clock.advance(60);
  await answered(missed);

  say('A new lead comes in from the web site: a Norwegian manufacturer asks for a demo.');
  const marketing = org.as('marketo@northwind.example');
  const queue = org.all('Group', ({ DeveloperName }) => DeveloperName === 'Inbound_Leads')[0]!;
  const web = {
    LastName: 'Solberg',
    FirstName: 'Ingrid',
    Email: 'ingrid.solberg@havbruk.example',
    Country: 'Norway',
    NumberOfEmployees: 1200,
    LeadSource: 'Demo Request',
    OwnerId: text(queue['Id']),
  };
  const leadId = marketing.insert('Lead', { ...web, Company: 'Havbruk AS' });
  await answered(tally.next('decision', isRouteOf(leadId)));
  await answered(tally.next('idle'));

  const takenId = marketing.insert('Lead', {
    ...web,
    LastName: 'Berg',
    FirstName: 'Nils',
    Email: 'nils@fjell.example',
    Company: 'Fjell AS',
    LeadSource: 'Webinar',
  });
  const rep = org.as('kim@northwind.example');
  say('A rep is faster than the daemon: Kim takes a new lead, and it stays Kim’s.');
  org.admin.update(takenId, { OwnerId: rep.userId });
  await answered(tally.next('decision', isRouteOf(takenId)));

  say('The owner of the Norwegian lead converts it. The new opportunity has a contact role without a role.');
  const owner = org.record(leadId)!['OwnerId'];
  const { opportunityId } = org.as(usernameOf(sandbox, owner)).convertLead(leadId);
  await answered(tally.next('decision', ({ record_id }) => record_id === opportunityId));
  await answered(tally.next('idle'));
  await playMonday(sandbox, tally, { say, answered });
}

/** An open deal of the committee's scope that has people but no Economic Buyer. */
function dealWithoutBuyer({ org }: SandboxOrg): StoredRecord {
  const buyers = new Set(
    org
      .all('OpportunityContactRole', ({ Role }) => /Economic|Decision/.test(text(Role)))
      .map((role) => role['OpportunityId']),
  );
  const deals = org.all(
    'Opportunity',
    (deal) =>
      deal['StageName'] === 'Proposal/Price Quote' &&
      /economic_buyer/.test(text(deal['Missing_Contact_Roles__c'])) &&
      !buyers.has(text(deal['Id'])),
  );
  return deals.toSorted((a, b) => Number(b['Amount']) - Number(a['Amount']))[0]!;
}

/** A contact of the deal's account that has no role on it yet. */
function spareContact({ org }: SandboxOrg, deal: StoredRecord): string {
  const taken = new Set(
    org.all('OpportunityContactRole', (role) => role['OpportunityId'] === deal['Id']).map((role) => role['ContactId']),
  );
  const spare = org.all(
    'Contact',
    (contact) => contact['AccountId'] === deal['AccountId'] && !taken.has(text(contact['Id'])),
  );
  if (spare[0] !== undefined) return text(spare[0]['Id']);
  const newcomer = { LastName: 'Okafor', FirstName: 'Ada', Title: 'CFO', AccountId: text(deal['AccountId']) };
  return org.admin.insert('Contact', newcomer);
}

function isRouteOf(id: string) {
  return ({ record_id, module }: Events['decision']): boolean => record_id === id && module === 'routing';
}

function usernameOf({ org }: SandboxOrg, userId: StoredRecord[string] | undefined): string {
  return text(org.record(text(userId))?.['Username']);
}

function nameOf({ org }: SandboxOrg, userId: StoredRecord[string] | undefined): string {
  return text(org.record(text(userId))?.['Name']);
}

function text(value: StoredRecord[string] | undefined): string {
  return typeof value === 'string' ? value : '';
}

function noAnswer(): never {
  throw new Error('the daemon did not answer a change in time');
}
