import type { SandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import type { StoredRecord } from '../../src/sandbox/types.ts';

/** Fields that a decision writes; those that hold the time of a decision differ between two runs of one world. */
const LEAD = ['Status', 'MQL__c', 'MQL_Reason__c', 'Disqualified_Reason__c', 'Territory__c', 'Routing_Reason__c'];
const OPPORTUNITY = [
  'StageName',
  'Contact_Role_Status__c',
  'Contact_Role_Coverage__c',
  'Missing_Contact_Roles__c',
  'Rolecall_Episode__c',
];

/**
 * What the org shows in the end, in words that two runs of one world share: records by name, users by username,
 * no ids, no stamps. Leads by LastName, opportunities by Name, our tasks under what they are about.
 */
export function describeOrg({ org }: SandboxOrg): Readonly<Record<string, unknown>> {
  const described: Record<string, unknown> = {};
  for (const lead of org.all('Lead')) {
    described[`Lead ${String(lead['LastName'])}`] = {
      ...pick(lead, LEAD),
      owner: nameOf(lead['OwnerId']),
      turn: lead['Rolecall_Turn__c'] ?? null,
      tasks: tasksAbout(lead),
    };
  }
  for (const deal of org.all('Opportunity')) {
    described[`Opportunity ${String(deal['Name'])}`] = { ...pick(deal, OPPORTUNITY), tasks: tasksAbout(deal) };
  }
  return described;

  function tasksAbout({ Id }: StoredRecord): readonly unknown[] {
    return org
      .all('Task', (task) => (task['WhatId'] === Id || task['WhoId'] === Id) && task['Rolecall_Key__c'] != null)
      .map((task) => ({
        ...pick(task, ['Subject', 'Status']),
        owner: nameOf(task['OwnerId']),
        key: String(task['Rolecall_Key__c']).replace(String(Id), '…'),
      }))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  function nameOf(id: StoredRecord[string] | undefined): string {
    const owner = org.record(String(id)) ?? {};
    return String(owner['Username'] ?? owner['DeveloperName'] ?? id);
  }
}

function pick(record: StoredRecord, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, record[field] ?? null]));
}
