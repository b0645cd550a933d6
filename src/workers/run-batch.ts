import { AppError } from '../domain/error.ts';
import { isSignInRefused } from '../domain/outage.ts';
import type { WorkKind } from '../domain/work.ts';
import type { Observer } from '../observe/events.ts';
import type { Clock, Urgency, WorkQueues } from '../ports.ts';
import type { OrgGate } from './org-gate.ts';

export type BatchWorld = {
  readonly gate: OrgGate;
  readonly queues: WorkQueues;
  readonly observer: Observer;
  readonly clock: Clock;
  readonly random: () => number;
  /** Told when a kind's work stops for a reason that only a person can mend, and null when it goes on again. */
  readonly onPause: (kind: WorkKind, error: AppError | null) => void;
  /** Told when no work of the kind can go on for a reason that lies outside of it: a spent budget, a refused sign-in. */
  readonly onStandstill: (error: AppError) => void;
  /** Sets a record aside that no attempt gets through. */
  readonly setAside: (kind: WorkKind, id: string, error: unknown) => Promise<void>;
};

/** Records of one kind, and how long they may wait. */
export type WorkBatch = { readonly kind: WorkKind; readonly ids: readonly string[]; readonly urgency: Urgency };

export type Handle = (ids: readonly string[], signal: AbortSignal) => Promise<void>;

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
/** How often a kind that only a person can set going again is tried. */
const PAUSE = 30_000;
/** How often a batch fails for its own reasons before it is halved, and a single record before it is set aside. */
const TRIES = 3;

/**
 * Sees one batch through whatever happens: waits out an outage behind the gate, stands still while the org or the
 * configuration must be mended (XE9), tries passing failures again ever more slowly, halves a batch that keeps failing,
 * and sets a record aside that fails alone.
 * Returns when nothing of the batch is left to do here; rejects only when the signal aborts.
 */
export async function runBatch(
  { kind, ids, urgency }: WorkBatch,
  handle: Handle,
  world: BatchWorld,
  signal: AbortSignal,
): Promise<void> {
  const { gate, clock, observer, queues } = world;
  let isPaused = false;
  for (let pauses = 0, failures = 0; ; pauses++) {
    signal.throwIfAborted();
    try {
      await gate.pass(() => handle(ids, signal), signal);
      if (isPaused) world.onPause(kind, null);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AppError && (error.code === 'budget-low' || isSignInRefused(error))) {
        world.onStandstill(error);
        if (urgency === 'backfill' && error.code === 'budget-low') {
          // Its lane is the first to be closed: what comes meanwhile in another must not wait behind it (F43).
          await queues.add(kind, ids, error.retryAfterMs ?? 0, urgency);
          return;
        }
      } else if (error instanceof AppError && (error.recovery === 'fix-config' || error.recovery === 'stop')) {
        if (!isPaused) world.onPause(kind, error);
        isPaused = true;
        await clock.sleep(PAUSE, signal);
        continue;
      }
      const isWaiting = error instanceof AppError && (error.recovery === 'wait' || isSignInRefused(error));
      if (!isWaiting) {
        failures++;
        observer.emit('work.failed', { queue: kind, records: ids.length, ...describe(error) });
      }
      if (failures < TRIES) {
        const pause = jitter(Math.min(FIRST_PAUSE * 2 ** pauses, LONGEST_PAUSE), world.random);
        await clock.sleep(Math.max(pause, askedPause(error, world.random)), signal);
        continue;
      }
      if (ids.length === 1) {
        await world.setAside(kind, ids[0]!, error);
        return;
      }
      const half = Math.ceil(ids.length / 2);
      await queues.add(kind, ids.slice(0, half), 0, urgency);
      await queues.add(kind, ids.slice(half), 0, urgency);
      return;
    }
  }
}

/** What the log may say of a failure: an unforeseen one may quote a record, so only its name is told. */
export function describe(error: unknown): {
  readonly code: string;
  readonly reason: string;
  readonly mend: string | null;
} {
  if (error instanceof AppError) return { code: error.code, reason: error.message, mend: error.mend };
  const name = error instanceof Error ? error.name : 'unknown';
  return { code: 'internal', reason: `an unforeseen ${name} (run with LOG_LEVEL=debug and report it)`, mend: null };
}

/** What the org asked for, and a little more. */
function askedPause(error: unknown, random: () => number): number {
  const asked = error instanceof AppError ? (error.retryAfterMs ?? 0) : 0;
  return Math.min(asked, LONGEST_PAUSE) * (1 + random() / 5);
}

function jitter(ms: number, random: () => number): number {
  return ms * (0.5 + random() / 2);
}
