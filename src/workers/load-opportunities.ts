import { readInstant, type Instant } from '../domain/instant.ts';
import type { Fields, Row } from '../domain/record.ts';
import { quoteList, quotePrefix, selectWhere, soqlInstant } from '../poll/soql.ts';
import type { Query, Salesforce } from '../ports.ts';
import type { CommitteeTask, RoleRow } from '../rules/contact-roles/opportunity-view.ts';

/** What is read of each object, by API name or path. Fields that the org has not are left out by the caller. */
export type OpportunityColumns = {
  readonly opportunity: readonly string[];
  /** Of the role row itself, `Contact.` paths among them. */
  readonly role: readonly string[];
  /** The key of our tasks; null when none are made. */
  readonly taskKey: string | null;
};

/** One opportunity as the org has it now. */
export type OpportunityRecord = {
  readonly fields: Fields;
  readonly roles: readonly RoleRow[];
  readonly tasks: readonly CommitteeTask[];
};

const ROLE_FIELDS = ['OpportunityId', 'ContactId', 'Role', 'IsPrimary', 'CreatedById', 'CreatedDate', 'Contact.Id'];
const TASK_FIELDS = ['WhatId', 'Subject', 'Description', 'IsClosed', 'IsDeleted'];

/**
 * Reads opportunities with their roles and our tasks, in one call for up to 1,000 of them.
 * Detection starts from the opportunities, so that one without any role is found like every other (C1, CE1).
 * @returns by id; an opportunity that is gone has no entry
 */
export async function loadOpportunities(
  ids: readonly string[],
  columns: OpportunityColumns,
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, OpportunityRecord>> {
  const of = (field: string): string => `${field} IN (${quoteList(ids)})`;
  const queries: Query[] = [
    { soql: selectWhere('Opportunity', columns.opportunity, of('Id')) },
    { soql: selectWhere('OpportunityContactRole', [...ROLE_FIELDS, ...columns.role], of('OpportunityId')) },
  ];
  if (columns.taskKey !== null) {
    // Deleted tasks too: one that a person deleted is not made again (F38a).
    const where = `${of('WhatId')} AND ${columns.taskKey} LIKE ${quotePrefix('contact-roles:')}`;
    queries.push({ soql: selectWhere('Task', [...TASK_FIELDS, columns.taskKey], where), scanAll: true });
  }
  const [opportunities = [], roles = [], tasks = []] = await salesforce.queryTogether(queries, signal);
  const rolesOf = Map.groupBy(roles, (row) => String(row['OpportunityId']));
  const tasksOf = Map.groupBy(tasks, (row) => String(row['WhatId']));
  return new Map(
    opportunities.map((fields) => {
      const id = String(fields['Id']);
      return [
        id,
        {
          fields,
          roles: (rolesOf.get(id) ?? []).map(readRole),
          tasks: (tasksOf.get(id) ?? []).map((row) => readTask(row, columns.taskKey!)),
        },
      ];
    }),
  );
}

/**
 * The newest engagement of each contact since an instant: a completed task, an event that is over, a campaign response (C10).
 * One call for up to about 3,000 contacts; a contact without any has no entry.
 */
export async function loadEngagements(
  contactIds: readonly string[],
  by: readonly ('Task' | 'Event' | 'CampaignMember')[],
  since: Instant,
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Instant>> {
  const newest = new Map<string, Instant>();
  if (contactIds.length === 0 || by.length === 0) return newest;
  const now = soqlInstant(salesforce.now());
  const from = soqlInstant(since);
  const contacts = quoteList(contactIds);
  const sources = {
    Task: {
      fields: ['WhoId', 'CompletedDateTime'],
      where: `WhoId IN (${contacts}) AND IsClosed = true AND CompletedDateTime >= ${from}`,
    },
    Event: {
      fields: ['WhoId', 'EndDateTime'],
      where: `WhoId IN (${contacts}) AND EndDateTime >= ${from} AND EndDateTime <= ${now}`,
    },
    CampaignMember: {
      fields: ['ContactId', 'FirstRespondedDate'],
      where: `ContactId IN (${contacts}) AND HasResponded = true AND FirstRespondedDate >= ${from.slice(0, 10)}`,
    },
  };
  const answers = await salesforce.queryTogether(
    by.map((object) => ({ soql: selectWhere(object, sources[object].fields, sources[object].where) })),
    signal,
  );
  for (const [index, object] of by.entries()) {
    const [who, when] = sources[object].fields as [string, string];
    for (const row of answers[index] ?? []) note(newest, String(row[who]), readEngagement(String(row[when])));
  }
  return newest;
}

function note(newest: Map<string, Instant>, contact: string, at: Instant): void {
  newest.set(contact, Math.max(at, newest.get(contact) ?? at));
}

/** A response has a date only: it counts from the start of that day in UTC. */
function readEngagement(text: string): Instant {
  return readInstant(text.length === 10 ? `${text}T00:00:00Z` : text);
}

function readRole(row: Row): RoleRow {
  const contact = Object.entries(row).filter(([name]) => name.startsWith('Contact.'));
  const own = Object.entries(row).filter(([name]) => !name.startsWith('Contact.'));
  const isVisible = typeof row['Contact.Id'] === 'string';
  return {
    id: String(row['Id']),
    contactId: String(row['ContactId']),
    role: textOrNull(row['Role']),
    isPrimary: row['IsPrimary'] === true,
    createdById: textOrNull(row['CreatedById']),
    createdAt: typeof row['CreatedDate'] === 'string' ? readInstant(row['CreatedDate']) : null,
    fields: Object.fromEntries(own),
    contact: isVisible
      ? Object.fromEntries(contact.map(([name, value]) => [name.slice('Contact.'.length), value]))
      : null,
  };
}

function readTask(row: Row, keyField: string): CommitteeTask {
  return {
    id: String(row['Id']),
    key: String(row[keyField]),
    subject: textOrNull(row['Subject']),
    description: textOrNull(row['Description']),
    isClosed: row['IsClosed'] === true,
    isDeleted: row['IsDeleted'] === true,
  };
}

function textOrNull(value: Row[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
