import type { LoggedRequest } from '../../../src/sandbox/request-log.ts';
import type { SandboxOrg } from '../../../src/sandbox/sandbox-org.ts';
import type { Change } from '../../../src/sandbox/store.ts';
import type { StoredRecord } from '../../../src/sandbox/types.ts';
import type { Attempt } from '../request-facts.ts';
import type { Scenario } from '../scenario.ts';
import type { Outside } from './outside.ts';
import type { Studies } from './studies.ts';

/** What every invariant is looked at in: the org as it stands in the end, and the requests that it has seen. */
export type Facts = {
  readonly sandbox: SandboxOrg;
  readonly entries: readonly LoggedRequest[];
  readonly attempts: readonly Attempt[];
  /** What the daemon's requests committed to records that it owns fields of; echoes on parents are left out. */
  readonly effects: readonly Effect[];
  readonly outside: Outside;
  readonly studies: Studies;
  readonly scenario: Required<Scenario>;
};

export type Effect = Change & { readonly at: number; readonly receivedAt: number; readonly fields: readonly string[] };

/** Finds what breaks one invariant. @returns one line per violation */
export type Check = (facts: Facts) => readonly string[];

/** What the example configuration writes; nothing else may ever be in a body. */
export const OWNED: Readonly<Record<string, ReadonlySet<string>>> = {
  Lead: new Set(
    (
      'OwnerId Status MQL__c MQL_Date__c MQL_Reason__c Disqualified_Reason__c Territory__c Routed_At__c ' +
      'Routing_Reason__c Rolecall_Turn__c SLA_Breached__c Recycle_Reason__c'
    ).split(' '),
  ),
  Opportunity: new Set([
    'Contact_Role_Status__c',
    'Contact_Role_Coverage__c',
    'Missing_Contact_Roles__c',
    'Rolecall_Episode__c',
    'Deal_Gaps__c',
  ]),
  Task: new Set('OwnerId WhatId WhoId Subject Description Status Priority ActivityDate Rolecall_Key__c'.split(' ')),
};

/** The lead or deal that a record is, or that a task of ours is about. */
export function subjectOf(id: string | null, fields: StoredRecord): string {
  return String(fields['WhatId'] ?? fields['WhoId'] ?? id);
}

const INTAKE_QUEUES = new Set(['Inbound_Leads', 'Marketing_Nurture']);
const INTAKE_USERS = new Set(['svc-rolecall@northwind.example', 'marketo@northwind.example']);

export function isIntake({ org }: SandboxOrg, lead: StoredRecord): boolean {
  const owner = org.record(String(lead['OwnerId'])) ?? {};
  return INTAKE_QUEUES.has(String(owner['DeveloperName'])) || INTAKE_USERS.has(String(owner['Username']));
}
