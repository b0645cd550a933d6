import { AppError } from '../domain/error.ts';
import { writeInstant, type Instant } from '../domain/instant.ts';
import type { WorkKind } from '../domain/work.ts';
import type { Observer } from '../observe/events.ts';
import type { Epoch, Salesforce, State, WorkQueues } from '../ports.ts';
import { nextDeletionWindow } from './deletions.ts';
import { createHandOn, stampOf, type HandOn } from './hand-on.ts';
import { nextWindow, windowQuery, type Cursor, type Window } from './keyset.ts';
import { loadOpenDeals } from './open-deals.ts';
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
 * Polls streams once (F24, F25): reads their windows page by page, hands what has not been handed on to the queues, and
 * moves each watermark to its window's end only then. Streams that touch the same units are best polled together.
 * @returns how many rows were handed on
 * @throws AppError when a page could not be read; no watermark has moved, pages already handed on are remembered
 */
export async function pollStreams(
  streams: readonly Stream[],
  settings: PollSettings,
  world: PollWorld,
  signal: AbortSignal,
): Promise<number> {
  const epoch = await world.state.epoch();
  const openDealsOf = (contactIds: readonly string[]) =>
    loadOpenDeals(contactIds, world.salesforce.inLane('contact_roles'), signal);
  const handOn = createHandOn({ ...world, openDealsOf }, epoch);
  const readings: Reading[] = [];
  try {
    for (const stream of streams) {
      const watermark = await world.state.watermark(stream.object);
      const window = nextWindow({ watermark, ...settings }, world.salesforce.now());
      if (window === null) continue;
      const read = await readWindow(stream, window, handOn, world, signal).catch(passOverHidden(stream));
      if (read === null) continue;
      readings.push({ stream, window, isFirst: watermark === null, ...read });
    }
  } finally {
    // What was read is handed on also when a pass fails: the next one need not decide it again (XE5).
    await handOn.flush();
  }
  for (const reading of readings) await complete(reading, settings, epoch, world);
  return readings.reduce((sum, { rows }) => sum + rows, 0);
}

/** How the org says that an object or its fields are not for us to see. */
const HIDDEN = new Set(['INVALID_TYPE', 'INVALID_FIELD']);

function passOverHidden(stream: Stream): (error: unknown) => null {
  return (error) => {
    if (stream.isOptional === true && error instanceof AppError && HIDDEN.has(error.code)) return null;
    throw error;
  };
}

type Reading = {
  readonly stream: Stream;
  readonly window: Window;
  readonly isFirst: boolean;
  readonly rows: number;
  readonly calls: number;
};

async function complete(
  { stream, window, isFirst, rows, calls }: Reading,
  settings: PollSettings,
  epoch: Epoch,
  { state, observer }: PollWorld,
): Promise<void> {
  await state.moveWatermark(stream.object, window.until, epoch);
  await state.forgetSeen(stream.object, window.until - 2 * settings.overlap);
  observer.emit(
    'poll.completed',
    { object: stream.object, rows, calls, watermark: writeInstant(window.until) },
    rows === 0 && !isFirst ? 'debug' : 'info',
  );
}

async function readWindow(
  stream: Stream,
  window: Window,
  handOn: HandOn,
  world: PollWorld,
  signal: AbortSignal,
): Promise<{ readonly rows: number; readonly calls: number }> {
  let rows = 0;
  let calls = 0;
  let after: Cursor | null = null;
  for (let resumes = 0; ; resumes++) {
    try {
      // The rows of a new query may touch what a worker has looked at since the one before.
      if (resumes > 0) handOn.begin();
      const soql = windowQuery(stream.object, stream.fields, window, after);
      const pages = world.salesforce.inLane(stream.lane).query({ soql, scanAll: stream.scanAll }, signal);
      for await (const page of pages) {
        calls++;
        rows += await handOn.take(stream, page.rows);
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

/**
 * Asks for directly deleted contact roles, which no query shows, and evaluates their opportunities (F26, F27).
 * A role whose opportunity is not known is left to reconciliation.
 * @returns how many opportunities were handed on
 */
export async function pollDeletedRoles(world: PollWorld, signal: AbortSignal): Promise<number> {
  const { salesforce, state, queues, observer } = world;
  const epoch = await state.epoch();
  const window = nextDeletionWindow(await state.watermark(DELETED_ROLES), salesforce.now());
  if (window === null) return 0;

  const deleted = await salesforce
    .inLane('contact_roles')
    .deleted('OpportunityContactRole', window.from, window.until, signal);
  const keys = deleted.rows.map(({ id, deletedAt }) => ({ id, stamp: deletedAt }));
  const unseen = await state.unseen(DELETED_ROLES, keys);
  const parents = await state.roleParents(unseen.map(({ id }) => id));
  const touched = parents.filter((parent): parent is string => parent !== null);
  await enqueue(
    queues,
    touched.map((id) => ({ kind: 'opportunity', id })),
  );
  await state.markSeen(DELETED_ROLES, unseen, epoch);
  await state.forgetSeen(DELETED_ROLES, window.from - 60 * 60_000);
  const covered = Math.min(deleted.latestCovered, window.until);
  await state.moveWatermark(DELETED_ROLES, covered, epoch);
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
  const epoch = await world.state.epoch();
  const due = await world.state.dueTimers(kind, world.salesforce.now(), 2000);
  if (due.size === 0) return 0;
  await world.queues.add(kind, [...due.keys()]);
  await world.state.dropTimers(kind, due, epoch);
  return due.size;
}

async function enqueue(queues: WorkQueues, touches: readonly Touch[]): Promise<void> {
  const idsByKind = Map.groupBy(touches, ({ kind }) => kind);
  for (const [kind, units] of idsByKind) {
    await queues.add(kind, [...new Set(units.map(({ id }) => id))]);
  }
}
