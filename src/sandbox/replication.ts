import { readStamp, writeStamp } from './org-clock.ts';
import type { Row } from './store.ts';
import { SandboxError } from './types.ts';
import type { World } from './world.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

type Window = { readonly from: number; readonly to: number; readonly covered: number };

/** The `updated` resource: ids of living records whose SystemModstamp lies in the window, which is cut to minutes. */
export function listUpdated(world: World, object: string, start: string | null, end: string | null): unknown {
  const window = readWindow(world, object, start, end, 30);
  const ids = rowsIn(world, object, window, (row) => (row.deletedAt === null ? stampOf(row) : null));
  return {
    ids: ids.map(({ record }) => record['Id']),
    latestDateCovered: writeStamp(window.covered),
  };
}

/** The `deleted` resource: also what never was in the recycle bin, such as a contact role deleted by itself. */
export function listDeleted(world: World, object: string, start: string | null, end: string | null): unknown {
  const window = readWindow(world, object, start, end, 15);
  const earliest = earliestDeletion(world);
  const rows = rowsIn(world, object, window, ({ deletedAt }) =>
    deletedAt !== null && deletedAt >= earliest ? deletedAt : null,
  );
  return {
    deletedRecords: rows.map(({ record, deletedAt }) => ({
      id: record['Id'],
      deletedDate: writeStamp(deletedAt ?? 0),
    })),
    earliestDateAvailable: writeStamp(earliest),
    latestDateCovered: writeStamp(window.covered),
  };
}

/** The delete log reaches back 15 days, or to its last purge. */
function earliestDeletion(world: World): number {
  const fifteenDaysAgo = toMinute(world.clock.now() - 15 * DAY);
  return Math.max(fifteenDaysAgo, world.setup.deleteLogStart ?? 0);
}

function readWindow(world: World, object: string, start: string | null, end: string | null, days: number): Window {
  const from = toMinute(readBound('start', start));
  const to = toMinute(readBound('end', end));
  const now = world.clock.now();
  const schema = world.schema.get(object.toLowerCase());
  if (schema?.replicateable !== true) {
    throw new SandboxError('INVALID_TYPE_FOR_OPERATION', `${object} is not replicable`);
  }
  if (to - from < MINUTE) {
    throw new SandboxError('INVALID_REPLICATION_DATE', 'endDate must be at least one minute greater than startDate');
  }
  if (from < now - days * DAY - MINUTE) {
    throw new SandboxError(
      'INVALID_REPLICATION_DATE',
      `startDate before org replication enabled date or older than ${days} days`,
    );
  }
  // A transaction that still runs may yet commit rows with stamps from its start on: nothing later is certain.
  const covered = toMinute(Math.min(to, now, world.transactions.oldestStart() ?? now));
  return { from, to, covered };
}

function readBound(name: string, text: string | null): number {
  if (text === null) throw new SandboxError('MISSING_ARGUMENT', `The ${name} parameter is required`);
  const at = readStamp(text);
  if (at === null) throw new SandboxError('INVALID_REPLICATION_DATE', `${name} is not a valid date/time: ${text}`);
  return at;
}

function rowsIn(world: World, object: string, window: Window, timeOf: (row: Row) => number | null): readonly Row[] {
  const found: Row[] = [];
  for (const row of world.store.rows(object)) {
    if (world.setup.unshared.has(String(row.record['Id']))) continue;
    const at = timeOf(row);
    if (at !== null && at >= window.from && at < window.to) found.push(row);
  }
  if (found.length > world.setup.mostReplicatedIds)
    throw new SandboxError('EXCEEDED_ID_LIMIT', 'too many ids in the time span');
  return found;
}

function stampOf({ record }: Row): number | null {
  return readStamp(String(record['SystemModstamp']));
}

function toMinute(at: number): number {
  return Math.floor(at / MINUTE) * MINUTE;
}
