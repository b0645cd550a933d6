import { writeDay } from '../org-clock.ts';
import { SandboxError } from '../types.ts';
import type { StoredRecord } from '../types.ts';
import type { ObjectAutomation, Save } from './object-automation.ts';
import { idOf } from './object-automation.ts';

/** A lead or contact is in a campaign once; the member shows what the person shows, and its status what it answered. */
export const campaignMemberAutomation: ObjectAutomation = {
  check: demandOneMember,
  derive: (save) => ({ ...showPerson(save), ...deriveResponse(save) }),
};

function demandOneMember({ world, record, before }: Save): void {
  if (before !== null) return;
  const personId = personOf(record);
  if (personId === null) {
    throw new SandboxError('REQUIRED_FIELD_MISSING', 'Required fields are missing: [LeadId, ContactId]');
  }
  const members = world.store.liveWith('CampaignMember', 'CampaignId', String(record['CampaignId']));
  if (members.some((member) => personOf(member) === personId)) {
    throw new SandboxError('DUPLICATE_VALUE', 'Already a campaign member.');
  }
}

function personOf(record: StoredRecord): string | null {
  return idOf(record, 'LeadId') ?? idOf(record, 'ContactId');
}

function showPerson({ world, record }: Save): StoredRecord {
  const row = world.store.row(personOf(record) ?? '');
  if (row === undefined) return {};
  const shown = ['Salutation', 'Name', 'FirstName', 'LastName', 'Title', 'Phone', 'Email', 'LeadSource'];
  const account = world.store.live(idOf(row.record, 'AccountId') ?? '');
  return {
    ...Object.fromEntries(shown.map((field) => [field, row.record[field] ?? null])),
    CompanyOrAccount: row.record['Company'] ?? account?.['Name'] ?? null,
    Type: row.object,
    LeadOrContactId: idOf(row.record, 'Id'),
    LeadOrContactOwnerId: idOf(row.record, 'OwnerId'),
  };
}

/** The campaign's own list of statuses says which of them is an answer; without a list `Responded` is. */
function deriveResponse({ world, by, record }: Save): StoredRecord {
  const statuses = world.store.liveWith('CampaignMemberStatus', 'CampaignId', String(record['CampaignId']));
  const status = statuses.find(({ Label }) => Label === record['Status']);
  const hasResponded = status === undefined ? record['Status'] === 'Responded' : status['HasResponded'] === true;
  const first = idOf(record, 'FirstRespondedDate') ?? (hasResponded ? writeDay(by.at) : null);
  return { HasResponded: hasResponded, FirstRespondedDate: first };
}
