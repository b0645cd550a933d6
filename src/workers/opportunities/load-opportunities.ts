import { inGroups } from '../../domain/in-groups.ts';
import { readInstant } from '../../domain/instant.ts';
import type { Fields, Row } from '../../domain/record.ts';
import { quoteList, quotePrefix, selectWhere } from '../../poll/soql.ts';
import type { Query, Salesforce } from '../../ports.ts';
import type { CommitteeTask, RoleRow } from '../../rules/contact-roles/opportunity-view.ts';

/** What is read of each object, by API name or path. Fields that the org has not are left out by the caller. */
export type OpportunityColumns = {
  readonly opportunity: readonly string[];
  /** Of the role row itself, `Contact.` paths among them; null when committees are not looked at. */
  readonly role: readonly string[] | null;
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
const TASK_FIELDS = [
  'WhatId',
  'OwnerId',
  'CreatedDate',
  'Subject',
  'Description',
  'IsClosed',
  'IsDeleted',
  'LastModifiedById',
];

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
  const of = (field: string, some: readonly string[] = ids): string => `${field} IN (${quoteList(some)})`;
  const { opportunity, role, taskKey } = columns;
  const roleQueries =
    role === null
      ? []
      : inThirds(ids).map((third): Query => {
          return { soql: selectWhere('OpportunityContactRole', [...ROLE_FIELDS, ...role], of('OpportunityId', third)) };
        });
  const queries: Query[] = [{ soql: selectWhere('Opportunity', opportunity, of('Id')) }, ...roleQueries];
  if (role !== null && taskKey !== null) {
    // Deleted tasks too: one that a person deleted is not made again (F38a).
    const where = `${of('WhatId')} AND ${taskKey} LIKE ${quotePrefix('contact-roles')}`;
    queries.push({ soql: selectWhere('Task', [...TASK_FIELDS, taskKey], where), scanAll: true });
  }
  const [opportunities = [], ...rest] = await salesforce.queryTogether(queries, signal);
  const roles = rest.slice(0, roleQueries.length).flat();
  const tasks = rest[roleQueries.length] ?? [];
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
          tasks: (tasksOf.get(id) ?? []).map((row) => readTask(row, columns.taskKey!, salesforce.userId())),
        },
      ];
    }),
  );
}

/** A page has 2,000 rows and costs a call: in thirds, a batch has room for six roles on each opportunity. */
function inThirds(ids: readonly string[]): readonly (readonly string[])[] {
  return inGroups(ids, Math.max(Math.ceil(ids.length / 3), 100));
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

function readTask(row: Row, keyField: string, userId: string): CommitteeTask {
  return {
    id: String(row['Id']),
    key: String(row[keyField]),
    createdAt: typeof row['CreatedDate'] === 'string' ? readInstant(row['CreatedDate']) : null,
    ownerId: textOrNull(row['OwnerId']),
    subject: textOrNull(row['Subject']),
    description: textOrNull(row['Description']),
    isClosed: row['IsClosed'] === true,
    isDeleted: row['IsDeleted'] === true,
    isUntouched: row['LastModifiedById'] === userId,
  };
}

function textOrNull(value: Row[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
