import type { Alert, Standing } from './domain/alert.ts';
import type { ApiUsage, BudgetStanding } from './domain/api-budget.ts';
import type { CallNews, CallStanding } from './domain/call-news.ts';
import type { DeadLetter } from './domain/dead-letter.ts';
import type { AppError, Recovery } from './domain/error.ts';
import type { Instant } from './domain/instant.ts';
import type { Lane } from './domain/lane.ts';
import type { ObjectDescription } from './domain/object-description.ts';
import type { HeldRecord, Pause } from './domain/pause.ts';
import type { Fields, Row } from './domain/record.ts';
import type { WorkKind } from './domain/work.ts';
import type { WriteCount } from './domain/write-count.ts';

/** One page of a query, in the order asked for. `isLast` comes from `done`, never from the page's length. */
export type Page = {
  readonly rows: readonly Row[];
  /** The number of rows that the query found when it started. */
  readonly totalSize: number;
  readonly isLast: boolean;
};

/** A record to write: `Id` for an update, none for a create. Only the fields named are sent; null clears. */
export type RecordWrite = { readonly id?: string; readonly fields: Fields };

/**
 * What became of one record of a write, in the order of the request.
 * `unknown`: the answer was lost or malformed, the record may or may not be written: look before you write again (F38a).
 */
export type RowFate =
  | { readonly kind: 'applied'; readonly id: string }
  | {
      readonly kind: 'refused';
      /** Salesforce's code, `FIELD_CUSTOM_VALIDATION_EXCEPTION`. */
      readonly code: string;
      readonly message: string;
      readonly fields: readonly string[];
      readonly recovery: Recovery;
    }
  | { readonly kind: 'unknown'; readonly cause: AppError };

export type DeletedRows = {
  readonly rows: readonly { readonly id: string; readonly deletedAt: Instant }[];
  readonly earliestAvailable: Instant;
  readonly latestCovered: Instant;
};

export type UpdatedRows = { readonly ids: readonly string[]; readonly latestCovered: Instant };

/** `scanAll` also sees the recycle bin and archived activities (`queryAll`). */
export type Query = { readonly soql: string; readonly scanAll?: boolean };

/**
 * A Salesforce org. Every method throws AppError, already mapped to a recovery; none retries by itself,
 * but for one new token after a 401.
 */
export interface Salesforce {
  /**
   * Checks that we are let in and that the API version is offered. Once that is known, a later call only has the next one
   * sign in again, if that was refused for a reason that a person may have mended. @throws AppError fix-config with a mend.
   */
  connect(signal: AbortSignal): Promise<void>;
  /** The org's clock: the last `Date` header, carried on by a monotonic timer (F24). */
  now(): Instant;
  /** API calls that this process has made, token requests not counted. */
  calls(): number;
  usage(): ApiUsage | null;
  /** How the calls of all replicas stand (F43). */
  budget(): BudgetStanding;
  /** The same session, whose calls are booked in this lane; `routing` unless said otherwise (F43). */
  inLane(lane: Lane): Salesforce;
  /** Id of the integration user, 18 characters. */
  userId(): string;
  describe(object: string, signal: AbortSignal): Promise<ObjectDescription>;
  /** Pages to the end. */
  query(query: Query, signal: AbortSignal): AsyncIterable<Page>;
  /** Up to five queries in one composite call, each paged to its end; all rows of each, in the order asked for. */
  queryTogether(queries: readonly Query[], signal: AbortSignal): Promise<readonly (readonly Row[])[]>;
  /** The `deleted` resource: `from` at most 15 days ago, both cut to the minute, more than a minute apart. */
  deleted(object: string, from: Instant, to: Instant, signal: AbortSignal): Promise<DeletedRows>;
  /**
   * The `updated` resource: `from` at most 30 days ago, both cut to the minute, at least a minute apart. `latestCovered`
   * lies behind `to` while a transaction runs that began before it.
   */
  updated(object: string, from: Instant, to: Instant, signal: AbortSignal): Promise<UpdatedRows>;
  /**
   * At most 1,000 records in one call. Every record on its own (`allOrNone: false`).
   * @param sizes  how many records each collection takes, in order: at most five of at most 200; full ones unless given
   */
  update(
    object: string,
    records: readonly RecordWrite[],
    signal: AbortSignal,
    sizes?: readonly number[],
  ): Promise<readonly RowFate[]>;
  create(
    object: string,
    records: readonly RecordWrite[],
    signal: AbortSignal,
    sizes?: readonly number[],
  ): Promise<readonly RowFate[]>;
  close(): Promise<void>;
}

/** `backfill` waits until nothing fresh does (F43). */
export type Urgency = 'fresh' | 'backfill';

/** What the replicas of one org share about their calls (F43, I21, I22). Every method is one round trip. @throws AppError wait */
export interface CallLedger {
  exchange(news: CallNews): Promise<CallStanding>;
  /** Gives this replica's places up. */
  leave(news: CallNews): Promise<void>;
}

/**
 * @param signal  aborts when the daemon stops, or when the batch is another worker's
 * @param assure  settles when the batch is surely still ours, as it must be before each write; a process that was frozen,
 *   or cut off from Redis, may have lost it (D14). Throws AppError `redis-unreachable` (wait), or what aborts the signal
 */
export type HandleBatch = (
  batch: { readonly ids: readonly string[]; readonly urgency: Urgency },
  signal: AbortSignal,
  assure: () => Promise<void>,
) => Promise<void>;

/** A batch in a queue: ids only, at most BATCH_SIZE of them. Doubled, late and reordered batches are harmless. */
export interface WorkQueues {
  /** Settles when Redis has acknowledged all batches. @throws AppError wait when Redis does not answer. */
  add(kind: WorkKind, ids: readonly string[], delayMs?: number, urgency?: Urgency): Promise<void>;
  /** Starts to hand batches to `handle`, one at a time per kind over all replicas. A rejected batch comes again. */
  work(kind: WorkKind, handle: HandleBatch): Promise<void>;
  /** Batches that wait, rest, or are in work anywhere. */
  pending(): Promise<number>;
  /** Whether batches wait of a kind of which none is in work anywhere. */
  isStuck(): Promise<boolean>;
  /** Takes no new batch; batches in work end, or are handed back when `graceMs` is over. */
  stop(graceMs: number): Promise<void>;
  close(): Promise<void>;
}

/** What the daemon remembers between two looks at a record. It may vanish with Redis at any time. */
export type Memory = Readonly<Record<string, unknown>>;

/** See `State.epoch`. */
export type Epoch = string;

/** The work state in Redis. Salesforce is the truth; everything here can be built again from there. */
export interface State {
  /**
   * Names Redis as it is now; the name changes when Redis restarts, fails over, or loses its keys. A checkpoint holds only
   * in the epoch in which the work before it was put into the queues: else that work may be lost.
   */
  epoch(): Promise<Epoch>;
  watermark(object: string): Promise<Instant | null>;
  /** @throws AppError `redis-lost` (wait) in another epoch: nothing has moved */
  moveWatermark(object: string, to: Instant, epoch: Epoch): Promise<void>;
  /** Which of these states have not been handed on yet, in order. */
  unseen(object: string, keys: readonly SeenKey[]): Promise<readonly SeenKey[]>;
  /** @throws AppError `redis-lost` (wait) in another epoch */
  markSeen(object: string, keys: readonly SeenKey[], epoch: Epoch): Promise<void>;
  /** Forgets keys whose stamp is before this: no later poll reads so far back. */
  forgetSeen(object: string, before: Instant): Promise<void>;

  /** Names the rules by which all replicas judge opportunities; null before anybody has polled. */
  opportunityRules(): Promise<string | null>;
  putOpportunityRules(rules: string): Promise<void>;

  rememberRoleParents(parents: ReadonlyMap<string, string>): Promise<void>;
  /** The opportunity of each role id; null where it is not known. */
  roleParents(roleIds: readonly string[]): Promise<readonly (string | null)[]>;
  forgetRoleParents(roleIds: readonly string[]): Promise<void>;

  /** Wakes the record at this instant; null cancels. One timer per record. */
  setTimers(kind: WorkKind, timers: ReadonlyMap<string, Instant | null>): Promise<void>;
  /** The records whose time has come, earliest first, with their instants. */
  dueTimers(kind: WorkKind, now: Instant, most: number): Promise<ReadonlyMap<string, Instant>>;
  /**
   * Drops timers that still have these instants: one set anew meanwhile stays.
   * @throws AppError `redis-lost` (wait) in another epoch
   */
  dropTimers(kind: WorkKind, timers: ReadonlyMap<string, Instant>, epoch: Epoch): Promise<void>;

  memories(kind: WorkKind, ids: readonly string[]): Promise<readonly (Memory | null)[]>;
  remember(kind: WorkKind, memories: ReadonlyMap<string, Memory | null>): Promise<void>;

  /** Who got the lead in which epoch, by `lead:epoch`: a retry gets the same turn (D9). */
  assignments(keys: readonly string[]): Promise<readonly (Memory | null)[]>;
  /** The assignments whose `at` is this instant or later, by key; they are found so for three days. */
  assignmentsSince(from: Instant): Promise<ReadonlyMap<string, Memory>>;
  /** The stored text of each pool's state; null where there is none, as after Redis was lost. */
  poolStates(pools: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
  /**
   * Puts new pool states and assignments in place, all or nothing: false when a pool is no longer as `expected`,
   * then decide again on what it is now (R19). A null takes an assignment away.
   */
  commitTurns(change: {
    readonly expected: ReadonlyMap<string, string | null>;
    readonly states: ReadonlyMap<string, string>;
    readonly assignments: ReadonlyMap<string, Memory | null>;
  }): Promise<boolean>;

  addDeadLetters(letters: readonly DeadLetter[]): Promise<void>;
  deadLetters(): Promise<readonly DeadLetter[]>;
  /** Those of these records, by record id. */
  deadLettersOf(recordIds: readonly string[]): Promise<ReadonlyMap<string, DeadLetter>>;
  removeDeadLetters(recordIds: readonly string[]): Promise<void>;

  /**
   * Counts planned writes of a `module:category` in a sliding window (F36).
   * @returns how many of them still fit; only those are counted
   */
  admitWrites(counter: string, writes: number, window: { readonly max: number; readonly per: number }): Promise<number>;
  /**
   * Counts what became of writes of a module in a sliding window.
   * @param per  of the window, ms
   * @returns all that are in the window, these among them
   */
  countWrites(module: string, count: WriteCount, per: number): Promise<WriteCount>;
  /**
   * Marks what is withheld, by name. A mark is forgotten after a week in which nobody has set it.
   * @returns the names whose marks were others before, or none
   */
  markWithheld(marks: ReadonlyMap<string, string>): Promise<ReadonlySet<string>>;
  /** The modules that write nothing until a person lets them, and why. */
  pausedModules(): Promise<ReadonlyMap<string, Pause>>;
  /** False when it is paused already. */
  pauseModule(module: string, pause: Pause): Promise<boolean>;
  /** Lets a module write again, with its counters at nothing. False when it was not paused. */
  resumeModule(module: string, counters: readonly string[]): Promise<boolean>;
  /** Puts records in the line of those that wait for the module to be resumed. */
  holdRecords(module: string, records: readonly HeldRecord[]): Promise<void>;
  /** In the order in which they were held, each once. */
  heldRecords(module: string): Promise<readonly HeldRecord[]>;
  dropHeldRecords(module: string): Promise<void>;

  /** Takes or renews the poller's lease for `ttlMs`; false while another process holds it. */
  holdLease(name: string, holder: string, ttlMs: number): Promise<boolean>;
  dropLease(name: string, holder: string): Promise<void>;
}

/**
 * What the org holds, as far as it was handed on: one stamp per record, some eighty bytes each. Reconciliation compares
 * it with the org (F28). It may vanish with Redis at any time. Every method throws AppError `redis-unreachable` (wait).
 */
export interface Inventory {
  /** The stamps under which records were handed on, in order; null where none was. */
  stamps(object: string, ids: readonly string[]): Promise<readonly (Instant | null)[]>;
  /** @param run  the reconciliation that met the records in the org; without it they were handed on outside of one */
  note(object: string, stamps: ReadonlyMap<string, Instant>, run?: number): Promise<void>;
  forget(object: string, ids: readonly string[]): Promise<void>;
  /** A part of the records that a run has not met, by id. The cursor is null at the beginning and behind the last part. */
  unmet(
    object: string,
    run: number,
    cursor: string | null,
  ): Promise<{ readonly records: ReadonlyMap<string, Instant>; readonly cursor: string | null }>;

  /** How far reconciliation has come; null before the first. */
  progress(): Promise<Memory | null>;
  saveProgress(progress: Memory): Promise<void>;
  /** Has objects reconciled as soon as may be. */
  request(objects: readonly string[]): Promise<void>;
  requests(): Promise<ReadonlySet<string>>;
  dropRequests(objects: readonly string[]): Promise<void>;
}

/** The way to people: Slack, or a webhook. */
export interface Alerts {
  /** Settles when the alerts are safe in the outbox; they are sent by and by. @throws AppError wait */
  post(alerts: readonly Alert[]): Promise<void>;
  /** Posts how something stands, unless people have heard that last. @throws AppError wait */
  tell(standing: Standing): Promise<void>;
}

/**
 * One state of a record. A stamp has whole seconds: `state` tells what was committed late from what else was written in the
 * same second. It stands for what the poll reads of the record, and is left out where that is its stamp alone.
 */
export type SeenKey = { readonly id: string; readonly stamp: Instant; readonly state?: string };

/** Real time. Business time is the org's. */
export type Clock = {
  /** Milliseconds of a monotonic timer. */
  monotonic(): number;
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
};
