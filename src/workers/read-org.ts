import { AppError } from '../domain/error.ts';
import { createDirectory, type Directory, type OrgStage } from '../domain/directory.ts';
import { to18 } from '../domain/record-id.ts';
import type { OrgQueue, Row, User } from '../domain/record.ts';
import type { Query, Salesforce } from '../ports.ts';

const USER_FIELDS = 'Id, Username, Email, IsActive, ManagerId, TimeZoneSidKey';

/** Reads all users and queues, in as few calls as pages allow. Queues come without their objects where the org hides `QueueSobject`. */
export async function readDirectory(salesforce: Salesforce, signal: AbortSignal): Promise<Directory> {
  const users = await readAll(salesforce, { soql: `SELECT ${USER_FIELDS} FROM User ORDER BY Id` }, signal);
  const queues = await readAll(
    salesforce,
    { soql: "SELECT Id, DeveloperName FROM Group WHERE Type = 'Queue' ORDER BY Id" },
    signal,
  );
  const objects = queues.length === 0 ? null : await readQueueObjects(salesforce, signal);
  return createDirectory(
    users.map(readUser),
    queues.map((row) => readQueue(row, objects)),
  );
}

/** The org's opportunity stages in their order. */
export async function readStages(salesforce: Salesforce, signal: AbortSignal): Promise<readonly OrgStage[]> {
  const rows = await readAll(
    salesforce,
    { soql: 'SELECT Id, ApiName, SortOrder, IsActive, IsClosed, IsWon FROM OpportunityStage ORDER BY SortOrder' },
    signal,
  );
  return rows.map((row) => ({
    apiName: String(row['ApiName']),
    sortOrder: Number(row['SortOrder']),
    isActive: row['IsActive'] === true,
    isClosed: row['IsClosed'] === true,
    isWon: row['IsWon'] === true,
  }));
}

async function readQueueObjects(
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Set<string>> | null> {
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

async function readAll(salesforce: Salesforce, query: Query, signal: AbortSignal): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const page of salesforce.query(query, signal)) rows.push(...page.rows);
  return rows;
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

function readQueue(row: Row, objects: ReadonlyMap<string, Set<string>> | null): OrgQueue {
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
