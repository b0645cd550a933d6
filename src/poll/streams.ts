import type { Lane } from '../domain/lane.ts';
import type { Row } from '../domain/record.ts';
import type { WorkKind } from '../domain/work.ts';

export type Touch = { readonly kind: WorkKind; readonly id: string };

/** One object that is polled by its SystemModstamp. */
export type Stream = {
  readonly object: string;
  /** In which its polls call (F43). */
  readonly lane: Lane;
  /** What is read besides `Id` and `SystemModstamp`. */
  readonly fields: readonly string[];
  /** Whether the recycle bin is read too (`queryAll`). Useless for roles: a directly deleted one never shows there (F26). */
  readonly scanAll: boolean;
  /** Whether the daemon goes on without it where the org does not let us see the object. */
  readonly isOptional?: boolean;
  /** A condition on the records that reconciliation compares; streams without one it leaves alone (F28). */
  readonly scope?: string;
  /**
   * Whether the first poll leaves out what is over: every opportunity that we ever judged bears our flag, so its own stream
   * finds it from `start_at` on, and its people are read as they are by then.
   */
  readonly startsNow?: boolean;
  /** The units that a row touches; empty when it concerns nobody. */
  touches(row: Row): readonly Touch[];
  /** The contacts that a row is about: it touches the open opportunities that they have a role on. */
  contacts?(row: Row): readonly string[];
};

/** What is looked at, so that nothing else is polled. */
export type Concern = {
  /** Some module looks at leads. */
  readonly leads: boolean;
  /** Some module looks at opportunities. */
  readonly opportunities: boolean;
  /** The committees of opportunities are looked at: their people and what they do matter. */
  readonly committees: boolean;
  /** `write.task_key`; null when we make no tasks. */
  readonly taskKey: string | null;
  /** Id of the integration user, 18 characters. */
  readonly userId: string;
};

/** Besides what a stream needs, it reads what tells two commits of one second apart and no right can hide. */
const LEAD: Stream = {
  object: 'Lead',
  lane: 'routing',
  fields: ['IsDeleted', 'MasterRecordId', 'CreatedDate', 'LastModifiedDate', 'LastModifiedById', 'OwnerId', 'Status'],
  scanAll: true,
  scope: 'IsConverted = false',
  // A merged lead has its master evaluated once more (F26).
  touches: (row) =>
    [row['Id'], row['MasterRecordId']]
      .filter((id): id is string => typeof id === 'string')
      .map((id) => ({ kind: 'lead', id })),
};

const OPPORTUNITY: Stream = {
  object: 'Opportunity',
  lane: 'contact_roles',
  fields: ['IsDeleted', 'CreatedDate', 'LastModifiedDate', 'LastModifiedById', 'OwnerId', 'StageName', 'CloseDate'],
  scanAll: true,
  scope: 'IsClosed = false',
  touches: (row) => [{ kind: 'opportunity', id: String(row['Id']) }],
};

const CONTACT_ROLE: Stream = {
  object: 'OpportunityContactRole',
  lane: 'contact_roles',
  fields: ['OpportunityId', 'CreatedDate'],
  scanAll: false,
  scope: 'Opportunity.IsClosed = false',
  touches: (row) => [{ kind: 'opportunity', id: String(row['OpportunityId']) }],
};

/** Who left, bounced, moved or was deleted leaves the committees at once; their opportunities and roles show no trace of it. */
const CONTACT: Stream = {
  object: 'Contact',
  lane: 'contact_roles',
  fields: [],
  scanAll: true,
  isOptional: true,
  startsNow: true,
  touches: () => [],
  contacts: (row) => [String(row['Id'])],
};

/**
 * The streams to poll, those that touch the same units together and in the order in which a pass reads them: a role's
 * opportunity is known before the role comes.
 */
export function streamGroups(concern: Concern): readonly (readonly Stream[])[] {
  const { leads, opportunities, committees } = concern;
  const deals = [
    ...(opportunities ? [OPPORTUNITY] : []),
    ...(committees ? [CONTACT_ROLE, CONTACT, activities('Task', concern), activities('Event', concern)] : []),
    ...(leads || committees ? [campaignMembers(concern)] : []),
  ];
  return [leads ? [LEAD] : [], deals].filter((group) => group.length > 0);
}

/** An answer to a campaign may be what a lead still lacked (Q8), or what engages a contact (C10). */
function campaignMembers({ leads, committees }: Concern): Stream {
  return {
    object: 'CampaignMember',
    lane: leads ? 'routing' : 'contact_roles',
    fields: ['LeadId', 'ContactId', 'HasResponded'],
    scanAll: false,
    isOptional: true,
    // What a lead has answered before the first poll counts for it.
    startsNow: !leads,
    touches: ({ LeadId: lead, HasResponded: hasResponded }) =>
      leads && typeof lead === 'string' && hasResponded === true ? [{ kind: 'lead', id: lead }] : [],
    contacts: ({ ContactId: contact, HasResponded: hasResponded }) =>
      committees && typeof contact === 'string' && hasResponded === true ? [contact] : [],
  };
}

/** Key prefixes of record ids are the same in every org. */
const CONTACT_ID = /^003/;
const OPPORTUNITY_ID = /^006/;

/**
 * What is done with a contact engages them (C10); what is done about an opportunity frees the slot of our task there
 * (C18). A task of ours that nobody has touched since is an echo (F29, XE25).
 */
function activities(object: 'Task' | 'Event', { taskKey, userId }: Concern): Stream {
  const key = object === 'Task' ? taskKey : null;
  const isEcho = (row: Row): boolean =>
    key !== null && typeof row[key] === 'string' && row['LastModifiedById'] === userId;
  return {
    object,
    lane: 'contact_roles',
    fields: ['WhoId', 'WhatId', 'LastModifiedById', ...(key === null ? [] : [key])],
    scanAll: true,
    isOptional: true,
    startsNow: true,
    touches: (row) =>
      isEcho(row) ? [] : idsLike(OPPORTUNITY_ID, row['WhatId']).map((id) => ({ kind: 'opportunity', id })),
    contacts: (row) => (isEcho(row) ? [] : idsLike(CONTACT_ID, row['WhoId'])),
  };
}

function idsLike(pattern: RegExp, id: Row[string] | undefined): readonly string[] {
  return typeof id === 'string' && pattern.test(id) ? [id] : [];
}
