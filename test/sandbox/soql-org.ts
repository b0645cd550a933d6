import { type QueryOptions, prepareQuery } from '../../src/sandbox/soql/prepare-query.ts';
import { sandboxSchema } from '../../src/sandbox/schema/sandbox-schema.ts';
import { type QueryableOrg, SandboxError, type StoredRecord } from '../../src/sandbox/types.ts';

/** Saturday, in London without daylight saving. */
export const NOW = Date.parse('2026-11-21T10:00:00Z');

export const USER = '005000000000001AAA';

export type OrgRecords = Readonly<Record<string, readonly StoredRecord[]>>;

/** An org in memory; records with IsDeleted true lie in the recycle bin. */
export function anOrg(
  records: OrgRecords,
  options: { readonly isIndexed?: boolean; readonly timeZone?: string } = {},
): QueryableOrg {
  const schema = sandboxSchema();
  const user = { Id: USER, Name: 'Sync Daemon', TimeZoneSidKey: options.timeZone ?? 'Europe/London', IsActive: true };
  const tables = new Map<string, StoredRecord[]>([['user', [user]]]);
  for (const [object, rows] of Object.entries(records)) {
    tables.set(object.toLowerCase(), [...(tables.get(object.toLowerCase()) ?? []), ...rows]);
  }
  const byId = new Map([...tables.values()].flat().map((record) => [String(record['Id']), record]));
  const rowsOf = (object: string, scanAll: boolean): StoredRecord[] =>
    (tables.get(object.toLowerCase()) ?? []).filter((record) => isShown(record, scanAll));
  return {
    object: (name) => schema.get(name.toLowerCase()),
    records: rowsOf,
    record: (id, scanAll) => {
      const record = byId.get(id);
      return record !== undefined && isShown(record, scanAll) ? record : undefined;
    },
    ...(options.isIndexed === true ? { recordsBy: indexOf(rowsOf) } : {}),
    now: () => NOW,
    userId: () => USER,
  };
}

/** The ids that a query finds, in its order. */
export function idsOf(org: QueryableOrg, soql: string, options: QueryOptions = { scanAll: false }): readonly string[] {
  return prepareQuery(soql, org, options).ids();
}

/** The rows of a query as REST shows them. */
export function rowsOf(
  org: QueryableOrg,
  soql: string,
  options: QueryOptions = { scanAll: false },
): readonly unknown[] {
  const query = prepareQuery(soql, org, options);
  return query.aggregate()?.records ?? query.ids().map((id) => query.render(id));
}

/** The code and the text that the org refuses a query with. */
export function refusalOf(org: QueryableOrg, soql: string): { readonly code: string; readonly message: string } {
  try {
    rowsOf(org, soql);
  } catch (error) {
    if (error instanceof SandboxError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error(`nothing was refused: ${soql}`);
}

/** An id of 18 characters; `number` up to 999,999. */
export function idOf(prefix: string, number: number): string {
  return `${prefix}000000${String(number).padStart(6, '0')}AAA`;
}

function indexOf(rows: (object: string, scanAll: boolean) => StoredRecord[]): NonNullable<QueryableOrg['recordsBy']> {
  const indexes = new Map<string, Map<unknown, StoredRecord[]>>();
  return (object, field, values, scanAll) => {
    const name = `${object}.${field}.${String(scanAll)}`;
    const index = indexes.get(name) ?? Map.groupBy(rows(object, scanAll), (record) => record[field] as unknown);
    indexes.set(name, index);
    return values.flatMap((value) => index.get(value) ?? []);
  };
}

function isShown(record: StoredRecord, scanAll: boolean): boolean {
  return scanAll || record['IsDeleted'] !== true;
}
