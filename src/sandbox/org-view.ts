import type { Row } from './store.ts';
import type { QueryableOrg, StoredRecord } from './types.ts';
import { seenObject } from './world.ts';
import type { World } from './world.ts';

/** The org as one API user's query sees it: without what field-level security and sharing hide. */
export function viewOrg(world: World, userId: string): QueryableOrg {
  const { store, setup } = world;
  const isShown = (row: Row, scanAll: boolean): boolean =>
    !row.isPurged && (scanAll || isCurrent(row)) && !setup.unshared.has(String(row.record['Id']));
  return {
    object: (name) => seenObject(world, name, true),
    records: (object, scanAll) => shown(store.rows(object), scanAll, isShown),
    record(id, scanAll) {
      const row = store.row(id);
      return row !== undefined && isShown(row, scanAll) ? row.record : undefined;
    },
    recordsBy(object, field, values, scanAll) {
      const found = new Map<string, StoredRecord>();
      for (const value of values) {
        const rows = field.toLowerCase() === 'id' ? [store.row(value)] : store.rowsWith(object, field, value);
        if (rows === undefined) return undefined;
        for (const row of rows) {
          if (row === undefined || row.object.toLowerCase() !== object.toLowerCase() || !isShown(row, scanAll))
            continue;
          found.set(String(row.record['Id']), row.record);
        }
      }
      return found.values();
    },
    now: () => world.clock.now(),
    userId: () => userId,
  };
}

/** Archived activities hide from plain queries like those in the bin. */
function isCurrent(row: Row): boolean {
  return row.deletedAt === null && row.record['IsArchived'] !== true;
}

function* shown(
  rows: Iterable<Row>,
  scanAll: boolean,
  isShown: (row: Row, scanAll: boolean) => boolean,
): Iterable<StoredRecord> {
  for (const row of rows) {
    if (isShown(row, scanAll)) yield row.record;
  }
}
