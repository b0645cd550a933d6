import { modifyRecord } from './automation/system-writes.ts';
import { writeDay } from './org-clock.ts';
import { demandRow, saveNew } from './saving.ts';
import { SandboxError } from './types.ts';
import type { SandboxValue, StoredRecord } from './types.ts';
import type { World, WriteContext } from './world.ts';

export type Conversion = {
  /** An account and a contact that exist already, instead of new ones. */
  readonly accountId?: string;
  readonly contactId?: string;
  /** Name of the new opportunity; null converts without one. By default it has the company's name. */
  readonly opportunityName?: string | null;
  readonly convertedStatus?: string;
};

export type Converted = {
  readonly accountId: string;
  readonly contactId: string;
  readonly opportunityId: string | null;
};

/** Converts a lead in one transaction. The contact becomes the primary role of the opportunity, with a blank `Role`. */
export function convertLead(world: World, by: WriteContext, leadId: string, wish: Conversion): Converted {
  const lead = demandRow(world, by, leadId).record;
  if (lead['IsConverted'] === true)
    throw new SandboxError('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead');
  const owner = personOwner(world, by, lead);
  const accountId =
    wish.accountId ?? saveNew(world, by, 'Account', { Name: lead['Company'] ?? 'unknown', OwnerId: owner });
  const contactId = wish.contactId ?? saveNew(world, by, 'Contact', contactOf(lead, accountId, owner));
  const opportunityId =
    wish.opportunityName === null
      ? null
      : saveNew(world, by, 'Opportunity', opportunityOf(world, by, lead, wish, accountId, owner));
  if (opportunityId !== null) {
    saveNew(world, by, 'OpportunityContactRole', {
      OpportunityId: opportunityId,
      ContactId: contactId,
      IsPrimary: true,
    });
  }
  world.transactions.claim(leadId);
  modifyRecord(world, leadId, by, {
    IsConverted: true,
    Status: wish.convertedStatus ?? 'Closed - Converted',
    ConvertedDate: writeDay(by.at),
    ConvertedAccountId: accountId,
    ConvertedContactId: contactId,
    ConvertedOpportunityId: opportunityId,
  });
  moveActivities(world, by, leadId, contactId, opportunityId ?? accountId);
  return { accountId, contactId, opportunityId };
}

/** Contacts and opportunities cannot belong to a queue: what a queue owned goes to the one who converts. */
function personOwner(world: World, by: WriteContext, lead: StoredRecord): SandboxValue {
  const ownerId = lead['OwnerId'];
  return typeof ownerId === 'string' && world.store.row(ownerId)?.object === 'User' ? ownerId : by.userId;
}

function contactOf(lead: StoredRecord, accountId: string, owner: SandboxValue): StoredRecord {
  const copied = ['FirstName', 'LastName', 'Email', 'Phone', 'MobilePhone', 'Title', 'LeadSource'];
  const fields = copied.map((field): [string, SandboxValue] => [field, lead[field] ?? null]);
  return { ...Object.fromEntries(fields), AccountId: accountId, OwnerId: owner };
}

function opportunityOf(
  world: World,
  by: WriteContext,
  lead: StoredRecord,
  wish: Conversion,
  accountId: string,
  owner: SandboxValue,
): StoredRecord {
  const stages = [...world.store.rows('OpportunityStage')].map((row) => row.record);
  const first = stages.toSorted((a, b) => Number(a['SortOrder']) - Number(b['SortOrder']))[0];
  return {
    Name: wish.opportunityName ?? `${String(lead['Company'])}-`,
    AccountId: accountId,
    OwnerId: owner,
    StageName: first?.['ApiName'] ?? 'Prospecting',
    // Salesforce proposes the end of the running quarter.
    CloseDate: endOfQuarter(by.at),
    LeadSource: lead['LeadSource'] ?? null,
  };
}

function endOfQuarter(at: number): string {
  const day = new Date(at);
  return writeDay(Date.UTC(day.getUTCFullYear(), Math.floor(day.getUTCMonth() / 3) * 3 + 3, 0));
}

function moveActivities(world: World, by: WriteContext, leadId: string, contactId: string, relatedId: string): void {
  for (const object of ['Task', 'Event']) {
    for (const activity of world.store.liveWith(object, 'WhoId', leadId)) {
      modifyRecord(world, String(activity['Id']), by, { WhoId: contactId, WhatId: relatedId });
    }
  }
}
