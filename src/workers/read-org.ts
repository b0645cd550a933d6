import { AppError } from '../domain/error.ts';
import type { Instant } from '../domain/instant.ts';
import { to18 } from '../domain/record-id.ts';
import type { OrgQueue, Row, User } from '../domain/record.ts';
import { soqlInstant } from '../poll/soql.ts';
import type { Query, Salesforce } from '../ports.ts';
import type { OrgStage } from '../rules/contact-roles/stage-order.ts';
import { indexUsers, type Users } from '../rules/routing/users.ts';

/** The people and queues of the org as they were last read. */
export type Directory = {
  readonly users: Users;
  readonly queues: readonly OrgQueue[];
  readonly queuesById: ReadonlyMap<string, OrgQueue>;
  /** By developer name in lower case (F42). */
  readonly queuesByName: ReadonlyMap<string, OrgQueue>;
};

const USER_FIELDS = 'Id, Username, Email, IsActive, ManagerId, TimeZoneSidKey';

/** Reads the users that changed since an instant into a directory; the same one when nobody did. One call as a rule. */
export async function refreshUsers(
  directory: Directory,
  since: Instant,
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<Directory> {
  const soql = `SELECT ${USER_FIELDS} FROM User WHERE SystemModstamp >= ${soqlInstant(since)} ORDER BY Id`;
  const changed = await readAll(salesforce, { soql }, signal);
  if (changed.length === 0) return directory;
  const users = new Map([
    ...directory.users.byId,
    ...changed.map((row) => [to18(String(row['Id'])), readUser(row)] as const),
  ]);
  return { ...directory, users: indexUsers(users.values()) };
}

/** Reads all users and queues, in as few calls as pages allow. Queues come without their objects where the org hides `QueueSobject`. */
export async function readDirectory(salesforce: Salesforce, signal: AbortSignal): Promise<Directory> {
  const users = await readAll(salesforce, { soql: `SELECT ${USER_FIELDS} FROM User ORDER BY Id` }, signal);
  const groups = await readAll(
    salesforce,
    { soql: "SELECT Id, DeveloperName FROM Group WHERE Type = 'Queue' ORDER BY Id" },
    signal,
  );
  const objects = groups.length === 0 ? null : await readQueueObjects(salesforce, signal);
  const queues = groups.map((row) => readQueue(row, objects));
  return {
    users: indexUsers(users.map(readUser)),
    queues,
    queuesById: new Map(queues.map((queue) => [queue.id, queue])),
    queuesByName: new Map(queues.map((queue) => [queue.developerName.toLowerCase(), queue])),
  };
}

/** The org's opportunity stages in their order. */
export async function readStages(salesforce: Salesforce, signal: AbortSignal): Promise<readonly OrgStage[]> {
  const rows = await readAll(
    salesforce,
    { soql: 'SELECT Id, ApiName, SortOrder, IsActive, IsClosed FROM OpportunityStage ORDER BY SortOrder' },
    signal,
  );
  return rows.map((row) => ({
    apiName: String(row['ApiName']),
    sortOrder: Number(row['SortOrder']),
    isActive: row['IsActive'] === true,
    isClosed: row['IsClosed'] === true,
  }));
}

async function readQueueObjects(
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlySet<string>> | null> {
  try {
    const rows = await readAll(salesforce, { soql: 'SELECT Id, QueueId, SobjectType FROM QueueSobject' }, signal);
    const grouped = Map.groupBy(rows, (row) => to18(String(row['QueueId'])));
    return new Map([...grouped].map(([queue, own]) => [queue, new Set(own.map((row) => String(row['SobjectType'])))]));
  } catch (error) {
    // A permission that the integration user may lack; the write itself then tells whether a queue fits.
    if (error instanceof AppError && (error.code === 'INVALID_TYPE' || error.code === 'INVALID_FIELD')) return null;
    throw error;
  }
}

/** How often a query is begun anew whose cursor is lost or whose pages break off. */
const TRIES = 3;

async function readAll(salesforce: Salesforce, query: Query, signal: AbortSignal): Promise<readonly Row[]> {
  for (let tries = 1; ; tries++) {
    try {
      const rows: Row[] = [];
      for await (const page of salesforce.query(query, signal)) rows.push(...page.rows);
      return rows;
    } catch (error) {
      const isPassing = error instanceof AppError && error.recovery === 'retry' && !signal.aborted;
      if (!isPassing || tries === TRIES) throw error;
    }
  }
}

function readUser(row: Row): User {
  return {
    id: to18(String(row['Id'])),
    username: String(row['Username']),
    email: textOrNull(row, 'Email'),
    isActive: row['IsActive'] === true,
    managerId: textOrNull(row, 'ManagerId'),
    timeZone: textOrNull(row, 'TimeZoneSidKey'),
  };
}

function readQueue(row: Row, objects: ReadonlyMap<string, ReadonlySet<string>> | null): OrgQueue {
  const id = to18(String(row['Id']));
  return {
    id,
    developerName: String(row['DeveloperName']),
    objects: objects === null ? null : (objects.get(id) ?? new Set()),
  };
}

function textOrNull(row: Row, field: string): string | null {
  const value = row[field];
  return typeof value === 'string' ? value : null;
}
