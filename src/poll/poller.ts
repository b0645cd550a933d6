import { AppError } from '../domain/error.ts';
import { writeInstant, type Instant } from '../domain/instant.ts';
import type { WorkKind } from '../domain/work.ts';
import type { Observer } from '../observe/events.ts';
import type { Clock, DeletedRows, Epoch } from '../ports.ts';
import { certify, readFloor, settle, type Certificate, type CertifyWorld } from './certify.ts';
import { nextDeletionWindow, RETENTION, type DeletionWindow } from './deletions.ts';
import { createHandOn, stampOf, type HandOn, type HandOnWorld } from './hand-on.ts';
import { nextWindow, windowQuery, type Cursor, type Window } from './keyset.ts';
import { loadOpenDeals } from './open-deals.ts';
import { pickReach, type WidePass } from './reach.ts';
import type { Stream } from './streams.ts';
import { urgencyIn } from './urgency-in.ts';

export type PollSettings = { readonly startAt: Instant; readonly overlap: number; readonly safetyLag: number };

export type PollWorld = Omit<HandOnWorld, 'openDealsOf'> &
  CertifyWorld & {
    readonly observer: Observer;
    readonly clock: Clock;
    /** The last pass of each object that read the whole overlap, of this process. */
    readonly wide: Map<string, WidePass>;
  };

/** How often one pass takes up a broken-off query again before the poll fails and the watermark stays. */
const RESUMES = 3;
const FIRST_RESUME = 250;

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
      const reading = await readStream(stream, settings, handOn, world, signal);
      if (reading !== null) readings.push(reading);
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
  readonly isWide: boolean;
  readonly certificate: Certificate | null;
  readonly rows: number;
  readonly calls: number;
};

async function readStream(
  stream: Stream,
  settings: PollSettings,
  handOn: HandOn,
  world: PollWorld,
  signal: AbortSignal,
): Promise<Reading | null> {
  const { object, scope } = stream;
  const now = world.salesforce.now();
  const watermark = await world.state.watermark(object);
  const certificate = scope === undefined ? null : await certify(stream, world, signal);
  const { overlap, isWide } = pickReach(settings.overlap, world.wide.get(object) ?? null, watermark, now);
  const isLate = watermark === null && stream.startsNow === true;
  const startAt = isLate ? Math.max(settings.startAt, now - overlap) : settings.startAt;
  const window = nextWindow(
    { startAt, safetyLag: settings.safetyLag, watermark, overlap, floor: certificate?.floor ?? null },
    now,
  );
  if (window === null) return null;
  // What was deleted and purged meanwhile shows nowhere any more.
  if (scope !== undefined && watermark !== null && now - watermark > RETENTION) await world.inventory.request([object]);
  const read = await readWindow(stream, window, handOn, world, signal).catch(passOverHidden(stream));
  if (read === null) return null;
  return { stream, window, isFirst: watermark === null, isWide, certificate, ...read };
}

async function complete(
  { stream: { object }, window, isFirst, isWide, certificate, rows, calls }: Reading,
  settings: PollSettings,
  epoch: Epoch,
  { state, observer, wide }: PollWorld,
): Promise<void> {
  await state.moveWatermark(object, window.until, epoch);
  if (isWide) wide.set(object, { until: window.until, pages: calls });
  if (certificate !== null) await settle(object, Math.min(certificate.certain, window.until), state, epoch);
  // What may be read once more is remembered as long (F25).
  const floor = (await readFloor(object, state)) ?? window.until;
  await state.forgetSeen(object, Math.min(window.until - 2 * settings.overlap, floor));
  observer.emit(
    'poll.completed',
    { object, rows, calls, watermark: writeInstant(window.until) },
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
        rows += await handOn.take(stream, page.rows, urgencyIn(page, window));
        const last = page.rows.at(-1);
        if (last !== undefined) after = { stamp: stampOf(last), id: String(last['Id']) };
      }
      return { rows, calls };
    } catch (error) {
      // A lost cursor or a cut page: the rows behind the last good one are asked for again, by keyset.
      const isPassing = error instanceof AppError && error.recovery === 'retry';
      if (!isPassing || resumes === RESUMES) throw error;
      calls++;
      // Ever later, and two replicas not at once (I23).
      await world.clock.sleep(FIRST_RESUME * 2 ** resumes * (1 + Math.random() / 2), signal);
    }
  }
}

/**
 * Asks for directly deleted contact roles, which no query shows, and evaluates their opportunities (F26, F27).
 * A role whose opportunity is not known is left to reconciliation.
 * @returns how many opportunities were handed on
 */
export async function pollDeletedRoles(world: PollWorld, signal: AbortSignal): Promise<number> {
  const { salesforce, state, queues, observer, inventory } = world;
  const epoch = await state.epoch();
  const since = await state.watermark(DELETED_ROLES);
  const window = nextDeletionWindow(since, salesforce.now());
  if (window === null) return 0;

  const deleted = await askDeleted(window, world, signal);
  const isPurged = deleted === null || (since !== null && deleted.earliestAvailable > window.from);
  if (window.hasGap || isPurged) await inventory.request([ROLE]);
  const keys = (deleted?.rows ?? []).map(({ id, deletedAt }) => ({ id, stamp: deletedAt }));
  const unseen = await state.unseen(DELETED_ROLES, keys);
  const parents = await state.roleParents(unseen.map(({ id }) => id));
  const touched = [...new Set(parents.filter((parent) => parent !== null))];
  await queues.add('opportunity', touched);
  await state.markSeen(DELETED_ROLES, unseen, epoch);
  await inventory.forget(
    ROLE,
    unseen.map(({ id }) => id),
  );
  await state.forgetSeen(DELETED_ROLES, window.from - 60 * 60_000);
  const covered = Math.min(deleted?.latestCovered ?? window.until, window.until);
  await state.moveWatermark(DELETED_ROLES, covered, epoch);
  await state.forgetRoleParents(unseen.map(({ id }) => id));
  observer.emit(
    'poll.completed',
    { object: DELETED_ROLES, rows: touched.length, calls: 1, watermark: writeInstant(covered) },
    touched.length === 0 ? 'debug' : 'info',
  );
  return touched.length;
}

/** Null when the org does not keep deletions from so far back. */
async function askDeleted(
  { from, until }: DeletionWindow,
  { salesforce }: PollWorld,
  signal: AbortSignal,
): Promise<DeletedRows | null> {
  try {
    return await salesforce.inLane('contact_roles').deleted(ROLE, from, until, signal);
  } catch (error) {
    if (error instanceof AppError && error.code === 'INVALID_REPLICATION_DATE') return null;
    throw error;
  }
}

const ROLE = 'OpportunityContactRole';
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
