import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import type { Calendar } from '../calendars/calendar.ts';
import type { CommitteeMemory } from './committee-memory.ts';

/** A row of OpportunityContactRole with what can be seen of its contact. */
export type RoleRow = {
  readonly id: string;
  readonly contactId: string;
  /** The picklist value as the org has it; null when it was left blank, as lead conversion does. */
  readonly role: string | null;
  readonly isPrimary: boolean;
  readonly createdById: string | null;
  readonly createdAt: Instant | null;
  /** Fields of the row itself that rules name, by API name; `Role` and `IsPrimary` need not be among them. */
  readonly fields: Fields;
  /**
   * The contact's fields, without the prefix `Contact.`. Null when the contact is invisible or gone;
   * `IsDeleted: true` when it is known to be deleted.
   */
  readonly contact: Fields | null;
};

/** A task of ours on the opportunity, found by its key. */
export type CommitteeTask = {
  readonly id: string;
  /** `contact-roles:<opportunity>:<episode>`, or `contact-roles-escalation-<step>:…` where a step of `escalate` made it. */
  readonly key: string;
  readonly createdAt: Instant | null;
  /** Whose task it is; null when that cannot be seen. */
  readonly ownerId: string | null;
  readonly subject: string | null;
  readonly description: string | null;
  readonly isClosed: boolean;
  readonly isDeleted: boolean;
  /** Whether nobody but the integration user changed it last. */
  readonly isUntouched: boolean;
};

/** Something that speaks for a contact as a suggestion; `title_hint` is found out by us. */
export type Evidence = {
  readonly source:
    | 'meeting_on_opportunity'
    | 'email_on_opportunity'
    | 'campaign_response_90d'
    | 'account_activity_30d'
    | 'converted_lead';
  readonly at: Instant;
};

/** A contact of the account, or one seen in the opportunity's activities. */
export type Candidate = {
  readonly contactId: string;
  /** Without the prefix `Contact.`; `Name`, `Title` and `AccountId` among them. */
  readonly contact: Fields;
  readonly evidence: readonly Evidence[];
};

/** Everything about one opportunity that the committee's rules look at, as the org has it now. */
export type OpportunityView = {
  /** 18 characters. */
  readonly id: string;
  /** By API name and path: StageName, CloseDate, CreatedDate, LastStageChangeDate, IsClosed, and what the rules name. */
  readonly fields: Fields;
  /** `CreatedDate` of the newest stage row of OpportunityHistory; null when it was not read or there is none (C12). */
  readonly stageHistoryAt: Instant | null;
  readonly roles: readonly RoleRow[];
  /** The newest completed activity or responded campaign membership of each contact, by contact id (C10). */
  readonly engagedContacts: ReadonlyMap<string, Instant>;
  /** When the next event that is planned with each contact ends, by contact id: from then on they are engaged. */
  readonly plannedEngagements: ReadonlyMap<string, Instant>;
  /** Of the owner (C13). */
  readonly calendar: Calendar;
  /** The owner's manager, 18 characters; null when there is none. */
  readonly managerId: string | null;
  /** Ids of the users that `task.to` and `escalate` name, by that name. */
  readonly users: ReadonlyMap<string, string>;
  /** Ours, open, closed and, where they can be seen, deleted ones. */
  readonly tasks: readonly CommitteeTask[];
  /** Empty when suggestions are off, there is no gap to fill, or nobody would see them. */
  readonly candidates: readonly Candidate[];
  /** Lengths of the text fields that are written, by API name; 255 where one is not known. */
  readonly fieldLengths: ReadonlyMap<string, number>;
  /** What was remembered after the last decision; null when nothing is, or it was lost. */
  readonly memory: CommitteeMemory | null;
};
