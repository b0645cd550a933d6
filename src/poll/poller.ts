import { AppError } from '../domain/error.ts';
import { readInstant, writeInstant, type Instant } from '../domain/instant.ts';
import type { Row } from '../domain/record.ts';
import type { WorkKind } from '../domain/work.ts';
import type { Observer } from '../observe/events.ts';
import type { Salesforce, SeenKey, State, WorkQueues } from '../ports.ts';
import { nextDeletionWindow } from './deletions.ts';
import { nextWindow, windowQuery, type Cursor, type Window } from './keyset.ts';
import type { Stream, Touch } from './streams.ts';

export type PollSettings = { readonly startAt: Instant; readonly overlap: number; readonly safetyLag: number };

export type PollWorld = {
  readonly salesforce: Salesforce;
  readonly queues: WorkQueues;
  readonly state: State;
  readonly observer: Observer;
};

/** How often one pass takes up a broken-off query again before the poll fails and the watermark stays. */
const RESUMES = 3;

/**
 * Polls one stream once (F24, F25): reads its window page by page, hands what has not been handed on to the queues,
 * and moves the watermark to the window's end only then.
 * @returns how many rows were handed on
 * @throws AppError when a page could not be read; the watermark has not moved, pages already handed on are remembered
 */
export async function pollStream(
  stream: Stream,
  settings: PollSettings,
  world: PollWorld,
  signal: AbortSignal,
): Promise<number> {
  const { salesforce, state, observer } = world;
  const watermark = await state.watermark(stream.object);
  const window = nextWindow({ watermark, ...settings }, salesforce.now());
  if (window === null) return 0;

  const { rows, calls } = await readWindow(stream, window, world, signal);
  await state.moveWatermark(stream.object, window.until);
  await state.forgetSeen(stream.object, window.until - 2 * settings.overlap);
  observer.emit(
    'poll.completed',
    {
      object: stream.object,
      rows,
      calls,
      watermark: writeInstant(window.until),
    },
    rows === 0 && watermark !== null ? 'debug' : 'info',
  );
  return rows;
}

async function readWindow(
  stream: Stream,
  window: Window,
  world: PollWorld,
  signal: AbortSignal,
): Promise<{ readonly rows: number; readonly calls: number }> {
  let rows = 0;
  let calls = 0;
  let after: Cursor | null = null;
  for (let resumes = 0; ; resumes++) {
    try {
      const soql = windowQuery(stream.object, stream.fields, window, after);
      for await (const page of world.salesforce.query({ soql, scanAll: stream.scanAll }, signal)) {
        calls++;
        rows += await handOn(stream, page.rows, world);
        const last = page.rows.at(-1);
        if (last !== undefined) after = { stamp: stampOf(last), id: String(last['Id']) };
      }
      return { rows, calls };
    } catch (error) {
      // A lost cursor or a cut page: the rows behind the last good one are asked for again, by keyset.
      const isPassing = error instanceof AppError && error.recovery === 'retry';
      if (!isPassing || resumes === RESUMES) throw error;
      calls++;
    }
  }
}

/** Jobs first, memory second: what is remembered as seen is surely in a queue. */
async function handOn(stream: Stream, rows: readonly Row[], { queues, state }: PollWorld): Promise<number> {
  const byKey = new Map(rows.map((row) => [`${String(row['Id'])}:${stampOf(row)}`, row]));
  const keys: SeenKey[] = [...byKey.values()].map((row) => ({ id: String(row['Id']), stamp: stampOf(row) }));
  const unseen = await state.unseen(stream.object, keys);
  if (unseen.length === 0) return 0;
  const fresh = unseen.map(({ id, stamp }) => byKey.get(`${id}:${stamp}`)).filter((row) => row !== undefined);
  if (stream.object === 'OpportunityContactRole') {
    await state.rememberRoleParents(new Map(fresh.map((row) => [String(row['Id']), String(row['OpportunityId'])])));
  }
  await enqueue(
    queues,
    fresh.flatMap((row) => stream.touches(row)),
  );
  await state.markSeen(stream.object, unseen);
  return unseen.length;
}

/**
 * Asks for directly deleted contact roles, which no query shows, and evaluates their opportunities (F26, F27).
 * A role whose opportunity is not known is left to reconciliation.
 * @returns how many opportunities were handed on
 */
export async function pollDeletedRoles(world: PollWorld, signal: AbortSignal): Promise<number> {
  const { salesforce, state, queues, observer } = world;
  const window = nextDeletionWindow(await state.watermark(DELETED_ROLES), salesforce.now());
  if (window === null) return 0;

  const deleted = await salesforce.deleted('OpportunityContactRole', window.from, window.until, signal);
  const keys = deleted.rows.map(({ id, deletedAt }) => ({ id, stamp: deletedAt }));
  const unseen = await state.unseen(DELETED_ROLES, keys);
  const parents = await state.roleParents(unseen.map(({ id }) => id));
  const touched = parents.filter((parent): parent is string => parent !== null);
  await enqueue(
    queues,
    touched.map((id) => ({ kind: 'opportunity', id })),
  );
  await state.markSeen(DELETED_ROLES, unseen);
  await state.forgetSeen(DELETED_ROLES, window.from - 60 * 60_000);
  const covered = Math.min(deleted.latestCovered, window.until);
  await state.moveWatermark(DELETED_ROLES, covered);
  observer.emit(
    'poll.completed',
    {
      object: DELETED_ROLES,
      rows: touched.length,
      calls: 1,
      watermark: writeInstant(covered),
    },
    touched.length === 0 ? 'debug' : 'info',
  );
  return touched.length;
}

const DELETED_ROLES = 'OpportunityContactRole (deleted)';

/** Hands records whose time has come to the queues; the timer goes only when the batch is acknowledged. */
export async function fireTimers(kind: WorkKind, world: PollWorld): Promise<number> {
  const due = await world.state.dueTimers(kind, world.salesforce.now(), 2000);
  if (due.size === 0) return 0;
  await world.queues.add(kind, [...due.keys()]);
  await world.state.dropTimers(kind, due);
  return due.size;
}

async function enqueue(queues: WorkQueues, touches: readonly Touch[]): Promise<void> {
  const idsByKind = Map.groupBy(touches, ({ kind }) => kind);
  for (const [kind, units] of idsByKind) {
    await queues.add(kind, [...new Set(units.map(({ id }) => id))]);
  }
}

function stampOf(row: Row): Instant {
  return readInstant(String(row['SystemModstamp']));
}
