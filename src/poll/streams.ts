import type { Row } from '../domain/record.ts';
import type { WorkKind } from '../domain/work.ts';

export type Touch = { readonly kind: WorkKind; readonly id: string };

/** One object that is polled by its SystemModstamp. */
export type Stream = {
  readonly object: string;
  /** What is read besides `Id` and `SystemModstamp`. */
  readonly fields: readonly string[];
  /** Whether the recycle bin is read too (`queryAll`). Useless for roles: a directly deleted one never shows there (F26). */
  readonly scanAll: boolean;
  /** Whether the daemon goes on without it where the org does not let us see the object. */
  readonly isOptional?: boolean;
  /** The units that a row touches; empty when it concerns nobody. */
  touches(row: Row): readonly Touch[];
};

const LEAD: Stream = {
  object: 'Lead',
  fields: ['IsDeleted', 'MasterRecordId'],
  scanAll: true,
  // A merged lead has its master evaluated once more (F26).
  touches: (row) =>
    [row['Id'], row['MasterRecordId']]
      .filter((id): id is string => typeof id === 'string')
      .map((id) => ({ kind: 'lead', id })),
};

const OPPORTUNITY: Stream = {
  object: 'Opportunity',
  fields: ['IsDeleted'],
  scanAll: true,
  touches: (row) => [{ kind: 'opportunity', id: String(row['Id']) }],
};

const CONTACT_ROLE: Stream = {
  object: 'OpportunityContactRole',
  fields: ['OpportunityId'],
  scanAll: false,
  touches: (row) => [{ kind: 'opportunity', id: String(row['OpportunityId']) }],
};

/** An answer to a campaign touches the lead: it may be what it still lacked (Q8). It leaves no trace on the lead itself. */
const CAMPAIGN_MEMBER: Stream = {
  object: 'CampaignMember',
  fields: ['LeadId', 'HasResponded'],
  scanAll: false,
  isOptional: true,
  touches: ({ LeadId: lead, HasResponded: hasResponded }) =>
    typeof lead === 'string' && hasResponded === true ? [{ kind: 'lead', id: lead }] : [],
};

/** The streams that touch the same units, to be read together. */
export const STREAM_GROUPS: readonly (readonly Stream[])[] = [[LEAD], [OPPORTUNITY, CONTACT_ROLE], [CAMPAIGN_MEMBER]];

/** All streams, in the order in which a pass reads them: a role's opportunity is known before the role comes. */
export const STREAMS: readonly Stream[] = STREAM_GROUPS.flat();
