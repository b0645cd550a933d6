import type { SandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import type { SeedRecord } from '../../src/sandbox/base-data.ts';
import { writeDay, writeStamp } from '../../src/sandbox/org-clock.ts';
import { tinySeed } from '../../src/sandbox/seed/tiny-seed.ts';
import type { StoredRecord } from '../../src/sandbox/types.ts';

const DAY = 24 * 3_600_000;

/** A Tuesday morning on which Europe is at work and America is not: ms. */
export const TUESDAY = Date.parse('2026-11-24T10:00:00Z');

/** The people, queues, record types and contacts of the demo company, but no leads and no opportunities yet. */
export function companySeed(now: number): readonly SeedRecord[] {
  const ofDeals = new Set(['Lead', 'Opportunity', 'OpportunityContactRole']);
  return tinySeed(now).filter(({ object }) => !ofDeals.has(object));
}

/** `contact`: `a` to `e`, and `left`, who works there no more; all at one account. */
export type Member = readonly [contact: string, role: string | null, isPrimary?: boolean];

/** Everybody whom negotiation needs. */
export const WHOLE_COMMITTEE: readonly Member[] = [
  ['a', 'Champion', true],
  ['b', 'Economic Buyer'],
  ['c', 'Evaluator'],
  ['d', 'Business User'],
  ['e', 'Procurement'],
];

/** All that a proposal needs, but for the economic buyer. */
export const WITHOUT_BUYER: readonly Member[] = [
  ['a', 'Champion', true],
  ['b', 'Evaluator'],
  ['c', 'Other'],
];

export type OurTask = {
  readonly id: string;
  readonly key: string;
  readonly subject: string;
  readonly description: string;
  readonly isOpen: boolean;
  readonly ownerId: string;
};

/** The demo company's org in the words of its people. Logins are the part of a username before the `@`. */
export type Company = {
  userId(login: string): string;
  queueId(name: string): string;
  contactId(name: string): string;
  /** A Norwegian demo request in the queue of inbound leads, come in just now. */
  lead(fields?: StoredRecord): string;
  /** A deal of Max that came to its stage three weeks ago, unless the fields differ. */
  opportunity(stage: string, members: readonly Member[], fields?: StoredRecord): string;
  /** Its owner adds somebody to a deal. @returns the id of the role */
  addRole(opportunityId: string, member: Member): string;
  /** The id of the role of a contact on a deal. */
  roleOf(opportunityId: string, contact: string): string;
  /** What the deal shows of its committee. */
  flags(opportunityId: string): {
    readonly status: unknown;
    readonly coverage: unknown;
    readonly missing: unknown;
    readonly episode: unknown;
  };
  /** Our tasks about a record, by key; those in the bin are not among them. */
  tasks(recordId: string): readonly OurTask[];
  /** The login of who owns the record, or `queue:NAME`. */
  ownerOf(recordId: string): string;
};

export function openCompany({ org, clock }: SandboxOrg): Company {
  const userId = (login: string): string => org.as(`${login}@northwind.example`).userId;
  const idWhere = (object: string, field: string, value: string): string =>
    String(org.all(object, (record) => record[field] === value)[0]?.['Id']);
  const queueId = (name: string): string => idWhere('Group', 'DeveloperName', name);
  const contactId = (name: string): string => idWhere('Contact', 'LastName', name);

  return {
    userId,
    queueId,
    contactId,
    lead(fields = {}) {
      const login = String(fields['LastName'] ?? 'hansen').toLowerCase();
      return org.as('marketo@northwind.example').insert('Lead', {
        LastName: 'Hansen',
        FirstName: 'Kari',
        Company: 'Fjordkraft AS',
        Email: `kari@${login}.example`,
        Phone: '+47 22 55 01 99',
        Country: 'Norway',
        NumberOfEmployees: 1200,
        LeadSource: 'Demo Request',
        Status: 'Open - Not Contacted',
        OwnerId: queueId('Inbound_Leads'),
        ...fields,
      });
    },
    opportunity(stage, members, fields = {}) {
      const now = clock.now();
      const entered = writeStamp(now - 21 * DAY);
      const [id] = org.load([
        {
          object: 'Opportunity',
          fields: {
            Name: 'A deal',
            AccountId: idWhere('Account', 'Name', 'Fjord AS'),
            RecordTypeId: idWhere('RecordType', 'DeveloperName', 'New_Business'),
            OwnerId: userId('max'),
            StageName: stage,
            Amount: 50_000,
            CloseDate: writeDay(now + 60 * DAY),
            CreatedDate: writeStamp(now - 30 * DAY),
            LastStageChangeDate: entered,
            LastModifiedDate: entered,
            SystemModstamp: writeStamp(now),
            ...fields,
          },
        },
      ]);
      for (const [contact, role, isPrimary = false] of members) {
        const row = { OpportunityId: id!, ContactId: contactId(contact), Role: role, IsPrimary: isPrimary };
        org.load([{ object: 'OpportunityContactRole', fields: { ...row, CreatedById: userId('max') } }]);
      }
      return id!;
    },
    addRole(opportunityId, [contact, role, isPrimary = false]) {
      const owner = String(org.record(String(org.record(opportunityId)?.['OwnerId']))?.['Username']);
      const row = { OpportunityId: opportunityId, ContactId: contactId(contact), Role: role, IsPrimary: isPrimary };
      return org.as(owner).insert('OpportunityContactRole', row);
    },
    roleOf(opportunityId, contact) {
      const contacted = contactId(contact);
      const [role] = org.all(
        'OpportunityContactRole',
        (row) => row['OpportunityId'] === opportunityId && row['ContactId'] === contacted,
      );
      return String(role?.['Id']);
    },
    flags(opportunityId) {
      const record = org.record(opportunityId) ?? {};
      return {
        status: record['Contact_Role_Status__c'] ?? null,
        coverage: record['Contact_Role_Coverage__c'] ?? null,
        missing: record['Missing_Contact_Roles__c'] ?? null,
        episode: record['Rolecall_Episode__c'] ?? null,
      };
    },
    tasks: (recordId) =>
      org
        .all('Task', (task) => (task['WhatId'] === recordId || task['WhoId'] === recordId) && hasKey(task))
        .map(readTask)
        .toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    ownerOf(recordId) {
      const owner = org.record(String(org.record(recordId)?.['OwnerId']));
      if (owner?.['DeveloperName'] !== undefined) return `queue:${String(owner['DeveloperName'])}`;
      return String(owner?.['Username']).replace(/@.*/, '');
    },
  };
}

function hasKey(task: StoredRecord): boolean {
  return typeof task['Rolecall_Key__c'] === 'string';
}

function readTask(task: StoredRecord): OurTask {
  return {
    id: String(task['Id']),
    key: String(task['Rolecall_Key__c']),
    subject: String(task['Subject']),
    description: String(task['Description'] ?? ''),
    isOpen: task['IsClosed'] !== true,
    ownerId: String(task['OwnerId']),
  };
}
