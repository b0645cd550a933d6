import type { SandboxOrgOptions } from '../../src/sandbox/sandbox-org.ts';
import { writeDay, writeStamp } from '../../src/sandbox/org-clock.ts';
import type { StoredRecord } from '../../src/sandbox/types.ts';
import { startCompany, type CompanyWorld } from '../support/company-world.ts';
import { WITHOUT_BUYER, type Member } from '../support/company.ts';
import type { WorldSettings } from '../support/world.ts';
import { watchForLeaks } from './find-leaks.ts';

const DAY = 24 * 3_600_000;

/**
 * The world of the fault suite: 12 leads (and a thirteenth that was merged into one of them), 8 opportunities, 14 roles,
 * among which every rule that writes is met. What it must come to is in `desired-leads.ts` and `desired-committees.ts`.
 */
export async function startCrashWorld(
  options: SandboxOrgOptions = {},
  settings: WorldSettings = {},
): Promise<CompanyWorld> {
  const started = await startCompany(options, settings);
  enterLeads(started);
  enterOpportunities(started);
  // A second that is not over yet is not polled.
  started.clock.advance(2);
  return watchForLeaks(started);
}

/** Leads by LastName, words that stand in no other text of the daemon; each has a second of its own, because turns are taken in the order of creation. */
const LEADS: readonly StoredRecord[] = [
  { LastName: 'Leeds', Country: 'UK' },
  { LastName: 'York', Country: 'UK' },
  // The address of a contact whom Max owns.
  { LastName: 'Twice', Country: 'France', Email: 'a@fjord.example' },
  { LastName: 'Known', Country: 'France', Email: 'someone@eu.fjord-energy.example' },
  { LastName: 'Match', Country: 'France', Email: 'somebody@matched.example' },
  { LastName: 'Amazonas', Country: 'Brazil' },
  // New York opens in three hours: it waits.
  { LastName: 'Boston', Country: 'US', State: 'MA', PostalCode: '02108' },
  { LastName: 'Cold', LeadSource: 'Webinar', NumberOfEmployees: 10 },
  { LastName: 'Junk', Country: 'Iran' },
  // Nobody knows where it is: held until somebody does.
  { LastName: 'Lost', Country: null },
  { LastName: 'Inner', Email: 'lee@northwind.example' },
  { LastName: 'Done' },
  { LastName: 'Twin', Country: 'UK' },
];

function enterLeads({ company, org, clock }: CompanyWorld): void {
  const ids = new Map<unknown, string>();
  for (const lead of LEADS) {
    ids.set(lead['LastName'], company.lead({ PostalCode: null, ...lead }));
    clock.advance(1);
  }
  org.as('kim@northwind.example').convertLead(ids.get('Done')!, { opportunityName: null });
  org.admin.merge(ids.get('York')!, [ids.get('Twin')!]);
  clock.advance(1);
}

function enterOpportunities({ company, org, clock }: CompanyWorld): void {
  const now = clock.now();
  const accountId = String(org.all('Account', ({ Name }) => Name === 'Fjord AS')[0]?.['Id']);
  org.admin.update(accountId, { Website: 'https://www.matched.example' });
  const primary: readonly Member[] = [['a', 'Champion', true]];
  company.opportunity('Qualification', primary, { Name: 'Compliant' });
  company.opportunity('Proposal/Price Quote', WITHOUT_BUYER, { Name: 'No buyer' });
  company.opportunity('Qualification', [], { Name: 'Nobody' });
  company.opportunity('Qualification', [], { Name: 'Fresh', LastStageChangeDate: writeStamp(now - 3_600_000) });
  company.opportunity('Qualification', [], { Name: 'Exempt', OCR_Exempt__c: true });
  company.opportunity('Qualification', primary, { Name: 'Closing soon', CloseDate: writeDay(now + 5 * DAY) });
  enterMended(company.opportunity('Qualification', primary, { Name: 'Mended', ...FLAGGED }));
  enterCrowd(company.opportunity('Qualification', [], { Name: 'Crowd' }));

  /** Our task of an earlier day stands open; meanwhile somebody was added. */
  function enterMended(id: string): void {
    const task = { WhatId: id, OwnerId: company.userId('max'), Status: 'Not Started', Priority: 'Normal' };
    const subject = 'Add to the buying committee: contacts 0/1; primary';
    org.load([{ object: 'Task', fields: { ...task, Subject: subject, Rolecall_Key__c: `contact-roles:${id}:1` } }]);
  }

  /** Eight people whom nobody has spoken to, added by one user at once (C19). */
  function enterCrowd(id: string): void {
    for (let index = 1; index <= 8; index++) {
      const name = `crowd${index}`;
      const person = { LastName: name, AccountId: accountId, Email: `${name}@fjord.example` };
      const [contact] = org.load([{ object: 'Contact', fields: { ...person, OwnerId: company.userId('max') } }]);
      const role = { OpportunityId: id, ContactId: contact!, Role: 'Champion', CreatedById: company.userId('max') };
      org.load([{ object: 'OpportunityContactRole', fields: { ...role, IsPrimary: index === 1 } }]);
    }
  }
}

/**
 * A day's work of people, in a world that the daemon has brought in order: a gap begins where there was none, one ends, a
 * held lead can be placed, and two new ones come in.
 */
export function goOn({ company, org, clock }: CompanyWorld): void {
  const deal = (name: string): string => String(org.all('Opportunity', ({ Name }) => Name === name)[0]?.['Id']);
  org.admin.update(company.roleOf(deal('Compliant'), 'a'), { IsPrimary: false });
  company.addRole(deal('No buyer'), ['d', 'Economic Buyer']);
  org.admin.update(String(org.all('Lead', ({ LastName }) => LastName === 'Lost')[0]?.['Id']), { Country: 'Italy' });
  for (const [LastName, Country] of LATER) {
    clock.advance(1);
    company.lead({ LastName, Country, PostalCode: null });
  }
  clock.advance(2);
}

const LATER = [
  ['Hull', 'UK'],
  ['Lyon', 'France'],
] as const;

const FLAGGED = {
  Contact_Role_Status__c: 'violation',
  Contact_Role_Coverage__c: '0/2',
  Missing_Contact_Roles__c: 'contacts 0/1; primary',
  Rolecall_Episode__c: 1,
};
