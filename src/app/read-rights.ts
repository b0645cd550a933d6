import { ASKED_PERMISSIONS, type HeldRights } from '../config/judge-rights.ts';
import type { NeededRights, ObjectRight } from '../config/needed-rights.ts';
import { AppError } from '../domain/error.ts';
import type { Row } from '../domain/record.ts';
import { quoteList } from '../poll/soql.ts';
import type { ObjectDescription } from '../domain/object-description.ts';
import type { Salesforce } from '../ports.ts';

/** The columns of `ObjectPermissions` and what they grant. */
const GRANTS: Readonly<Record<string, ObjectRight>> = {
  PermissionsRead: 'read',
  PermissionsCreate: 'create',
  PermissionsEdit: 'edit',
  PermissionsDelete: 'delete',
  PermissionsViewAllRecords: 'view all',
  PermissionsModifyAllRecords: 'modify all',
};

/** Looks up what the integration user may do, as far as it may look. */
export async function readRights(
  needed: NeededRights,
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<HeldRights> {
  const described = await describeAll([...needed.objects.keys()], salesforce, signal);
  const user = await readUserRights(salesforce, signal);
  const granted = await readGrants(salesforce, signal);
  return { described, user, granted, fields: await readFields(salesforce, signal) };
}

async function describeAll(
  objects: readonly string[],
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ObjectDescription>> {
  const found = await Promise.all(
    objects.map(async (object) => {
      const description = await orHidden(() => salesforce.describe(object, signal));
      return description === null ? [] : [[object, description] as const];
    }),
  );
  return new Map(found.flat());
}

async function readUserRights(salesforce: Salesforce, signal: AbortSignal): Promise<HeldRights['user']> {
  const soql = `SELECT ${ASKED_PERMISSIONS.map((name) => `Permissions${name}`).join(', ')} FROM UserPermissionAccess`;
  const [row] = (await readSetup(soql, salesforce, signal)) ?? [];
  if (row === undefined) return null;
  return new Map(ASKED_PERMISSIONS.map((name) => [name, row[`Permissions${name}`] === true]));
}

/** Of the profile and of all permission sets, groups included: what any of them grants is granted. */
async function readGrants(salesforce: Salesforce, signal: AbortSignal): Promise<HeldRights['granted']> {
  const soql = `SELECT SobjectType, ${Object.keys(GRANTS).join(', ')} FROM ObjectPermissions WHERE ${ofUser(salesforce)} ORDER BY SobjectType`;
  const rows = await readSetup(soql, salesforce, signal);
  if (rows === null) return null;
  const granted = new Map<string, Set<ObjectRight>>();
  for (const row of rows) {
    const object = String(row['SobjectType']);
    const rights = Object.entries(GRANTS).flatMap(([column, right]) => (row[column] === true ? [right] : []));
    granted.set(object, new Set([...(granted.get(object) ?? []), ...rights]));
  }
  return granted;
}

/** Fields that are required, and those of the system, have no rights of their own and do not show here. */
async function readFields(salesforce: Salesforce, signal: AbortSignal): Promise<HeldRights['fields']> {
  const soql = `SELECT Field, PermissionsEdit FROM FieldPermissions WHERE ${ofUser(salesforce)} ORDER BY Field`;
  const rows = await readSetup(soql, salesforce, signal);
  if (rows === null) return null;
  const fields = new Map<string, boolean>();
  for (const row of rows) {
    const name = String(row['Field']);
    fields.set(name, fields.get(name) === true || row['PermissionsEdit'] === true);
  }
  return fields;
}

function ofUser(salesforce: Salesforce): string {
  const assigned = `AssigneeId IN (${quoteList([salesforce.userId()])})`;
  return `ParentId IN (SELECT PermissionSetId FROM PermissionSetAssignment WHERE ${assigned})`;
}

/** Rows about the org's set-up; null where the integration user may not see them. */
export async function readSetup(
  soql: string,
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<readonly Row[] | null> {
  return orHidden(async () => {
    const rows: Row[] = [];
    for await (const page of salesforce.query({ soql }, signal)) rows.push(...page.rows);
    return rows;
  });
}

const HIDDEN = new Set(['INVALID_TYPE', 'INVALID_FIELD', 'NOT_FOUND', 'INSUFFICIENT_ACCESS']);

async function orHidden<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AppError && HIDDEN.has(error.code)) return null;
    throw error;
  }
}
