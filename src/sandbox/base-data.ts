import { writeStamp } from './org-clock.ts';
import type { StoredRecord } from './types.ts';
import type { World } from './world.ts';

/** A record as a seed gives it: what it does not say is filled in. */
export type SeedRecord = { readonly object: string; readonly fields: StoredRecord };

/** The API user and somebody beside it, as far as the seed left them out. */
export function baseUsers(world: World, username: string): readonly SeedRecord[] {
  return [
    ...(hasUser(world, username) ? [] : [userNamed(username, 'Integration')]),
    ...(hasUser(world, null, username) ? [] : [userNamed('admin@sandbox.example', 'Administrator')]),
  ];
}

/** What every org has, as far as the seed left it out: itself, and a table per list of values. */
export function baseRecords(world: World): readonly SeedRecord[] {
  return [
    ...missing(world, 'Organization', () => [
      { Id: world.organizationId, Name: 'Sandbox org', OrganizationType: 'Developer Edition', IsSandbox: false },
    ]),
    ...missing(world, 'OpportunityStage', () => stageRows(world)),
    ...missing(world, 'LeadStatus', () =>
      rowsOf(world, 'Lead', 'Status', (value) => ({ IsConverted: value === 'Closed - Converted' })),
    ),
    ...missing(world, 'TaskStatus', () =>
      rowsOf(world, 'Task', 'Status', (value) => ({ IsClosed: value === 'Completed' })),
    ),
    ...missing(world, 'TaskPriority', () =>
      rowsOf(world, 'Task', 'Priority', (value) => ({ IsHighPriority: value === 'High' })),
    ),
  ];
}

function missing(world: World, object: string, rows: () => readonly StoredRecord[]): readonly SeedRecord[] {
  const [first] = world.store.rows(object);
  return first === undefined ? rows().map((fields) => ({ object, fields })) : [];
}

function hasUser(world: World, username: string | null, other: string | null = null): boolean {
  const users = [...world.store.rows('User')].map((row) => row.record);
  return users.some(
    (user) =>
      user['IsActive'] !== false && user['Username'] !== other && (username === null || user['Username'] === username),
  );
}

function userNamed(username: string, lastName: string): SeedRecord {
  const fields = {
    Username: username,
    Email: username,
    FirstName: 'Sandbox',
    LastName: lastName,
    Alias: lastName.slice(0, 8).toLowerCase(),
    IsActive: true,
    UserType: 'Standard',
    TimeZoneSidKey: 'UTC',
  };
  return { object: 'User', fields };
}

function stageRows(world: World): readonly StoredRecord[] {
  const stages = rowsOf(world, 'Opportunity', 'StageName', (value) => {
    const isClosed = value.startsWith('Closed');
    const isWon = value === 'Closed Won';
    const category = isWon ? 'Closed' : isClosed ? 'Omitted' : 'Pipeline';
    return {
      IsActive: true,
      IsClosed: isClosed,
      IsWon: isWon,
      ForecastCategory: category,
      ForecastCategoryName: category,
    };
  });
  return stages.map((stage, at) => ({
    ...stage,
    DefaultProbability:
      stage['IsClosed'] === true ? Number(stage['IsWon'] === true) * 100 : Math.min(90, (at + 1) * 10),
  }));
}

function rowsOf(
  world: World,
  object: string,
  field: string,
  traits: (value: string) => StoredRecord,
): readonly StoredRecord[] {
  const values = world.schema.get(object.toLowerCase())?.fields.get(field.toLowerCase())?.picklistValues ?? [];
  return values.map(({ value, label }, at) => ({
    ApiName: value,
    MasterLabel: label,
    SortOrder: at + 1,
    ...traits(value),
  }));
}

/** The stamps that a loaded record lacks: created when the others say, else now. */
export function stampsFor(world: World, given: StoredRecord, userId: string): StoredRecord {
  const now = writeStamp(world.clock.now());
  const created = given['CreatedDate'] ?? given['LastModifiedDate'] ?? given['SystemModstamp'] ?? now;
  const modified = given['LastModifiedDate'] ?? given['SystemModstamp'] ?? created;
  return {
    IsDeleted: false,
    CreatedDate: created,
    CreatedById: userId,
    LastModifiedDate: modified,
    LastModifiedById: userId,
    SystemModstamp: modified,
  };
}
