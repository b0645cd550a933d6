import { AppError } from '../domain/error.ts';
import { isOutage } from '../domain/outage.ts';
import type { WorkKind } from '../domain/work.ts';
import type { Clock } from '../ports.ts';
import { putInForce } from './opportunity-rules.ts';
import { fireTimers, pollDeletedRoles, pollStreams, type PollSettings, type PollWorld } from './poller.ts';
import { reconcileNext, type Reconciled, type ReconcileSettings, type ReconcileWorld } from './reconcile.ts';
import { streamGroups, type Concern, type Stream } from './streams.ts';

export type LoopSettings = {
  /** What the modules look at now. */
  readonly concern: () => Concern;
  /** Names the rules by which opportunities are judged. */
  readonly opportunityRules: () => string;
  readonly poll: () => PollSettings;
  /** How often each object is polled, ms. */
  readonly every: (object: string) => number;
  readonly reconcile: () => Omit<ReconcileSettings, 'streams' | 'startAt' | 'overlap'>;
};

export type LoopWorld = PollWorld &
  ReconcileWorld & {
    readonly clock: Clock;
    /** Runs a poll behind the gate that shuts in an outage. */
    readonly pass: <T>(call: () => Promise<T>, signal: AbortSignal) => Promise<T>;
    /** Whether this process may poll now: one poller per org. */
    readonly isLeader: () => boolean;
  };

const KINDS: readonly WorkKind[] = ['lead', 'opportunity'];
const TICK = 1_000;

/** Polls every stream when its time has come and fires due timers, until the signal aborts. */
export async function runPollLoop(settings: LoopSettings, world: LoopWorld, signal: AbortSignal): Promise<void> {
  const dueAt = new Map<string, number>();
  const failing = new Map<string, string>();
  let isBusy = true;
  let reconcileAt = 0;
  while (!signal.aborted) {
    if (world.isLeader()) {
      let found = 0;
      await ifRedisAnswers(() => putInForce(settings.opportunityRules(), world));
      for (const stream of streamGroups(settings.concern()).flat()) {
        if (world.clock.monotonic() < (dueAt.get(stream.object) ?? 0)) continue;
        found += await tryPoll(stream, settings, failing, world, signal);
        dueAt.set(stream.object, world.clock.monotonic() + settings.every(stream.object));
      }
      for (const kind of KINDS) found += (await ifRedisAnswers(() => fireTimers(kind, world))) ?? 0;
      if (world.clock.monotonic() >= reconcileAt) {
        const isFailing = !(await tryReconcile(settings, failing, world, signal));
        reconcileAt = world.clock.monotonic() + (isFailing ? RECONCILE_PAUSE : 0);
      }
      isBusy = await watchIdle(found > 0 || isBusy, world);
    }
    await world.clock.sleep(TICK, signal).catch(() => undefined);
  }
}

/**
 * Polls until nothing is new, no timer is due and every queue is empty (`start --once`).
 * What was visible when it began is surely read: the last round starts when the safety lag has passed since.
 * @throws AppError when a poll fails for a reason that time does not mend, or `budget-low` when all that is left to do must
 *   wait for calls (F43)
 */
export async function pollUntilIdle(settings: LoopSettings, world: LoopWorld, signal: AbortSignal): Promise<void> {
  await waitForLease(world, signal);
  const { clock, salesforce, queues, state } = world;
  const begun = clock.monotonic();
  const lag = settings.poll().safetyLag + CLOCK_GRAIN;
  for (;;) {
    const isLast = clock.monotonic() - begun >= lag;
    const epoch = await patiently(() => state.epoch(), world, signal);
    await patiently(() => putInForce(settings.opportunityRules(), world), world, signal);
    let found = 0;
    let short: AppError | null = null;
    for (const streams of streamGroups(settings.concern())) {
      const pass = () => world.pass(() => poll(streams, settings, world, signal), signal);
      found += await patiently(pass, world, signal).catch((error: unknown) => {
        if (!isBudgetLow(error)) throw error;
        // What the more urgent lanes have found is still seen through.
        short = error as AppError;
        return 0;
      });
    }
    for (const kind of KINDS) found += await patiently(() => fireTimers(kind, world), world, signal);
    while ((await patiently(() => queues.pending(), world, signal)) > 0) await clock.sleep(50, signal);
    // A queue may also be empty because Redis was emptied.
    const isWhole = (await patiently(() => state.epoch(), world, signal)) === epoch;
    if (found > 0 || !isWhole) continue;
    if (short !== null) throw short as AppError;
    if (isLast && !(await reconcileAll(settings, world, signal))) break;
    await clock.sleep(Math.max(begun + lag - clock.monotonic(), 0), signal);
  }
  world.observer.emit('idle', { calls: salesforce.calls() });
}

/** A stamp stands for its whole second, and the org's clock, told in whole seconds, may be read one second late. */
const CLOCK_GRAIN = 2_000;

/** How often `--once` tries again what fails for a passing reason. */
const PATIENCE = 5;

/** A day may pass before calls are left again: a run that somebody waits for ends instead. */
function isBudgetLow(error: unknown): boolean {
  return error instanceof AppError && error.code === 'budget-low';
}

/** An outage, of the org or of Redis, is waited out however long it takes. */
async function patiently<T>(call: () => Promise<T>, { clock }: LoopWorld, signal: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      signal.throwIfAborted();
      const isPassing = error instanceof AppError && (error.recovery === 'wait' || error.recovery === 'retry');
      if (!isPassing || isBudgetLow(error) || (error.recovery === 'retry' && tries === PATIENCE)) throw error;
      await clock.sleep(Math.max(250 * 2 ** Math.min(tries, 5), error.retryAfterMs ?? 0), signal);
    }
  }
}

/** All that is due of reconciliation. @returns whether anything was */
async function reconcileAll(settings: LoopSettings, world: LoopWorld, signal: AbortSignal): Promise<boolean> {
  for (let steps = 0; ; steps++) {
    const pass = () => world.pass(() => reconcile(settings, world, signal), signal);
    const reconciled = await patiently(pass, world, signal).catch((error: unknown) => {
      // Nothing is lost: the next run goes on where this one stops.
      if (isBudgetLow(error)) return 'idle' as const;
      throw error;
    });
    if (reconciled === 'idle') return steps > 0;
    if (reconciled === 'waiting') await world.clock.sleep(250, signal);
  }
}

/** How long reconciliation rests that has failed for a reason that may last, ms. */
const RECONCILE_PAUSE = 60_000;

/** The next part of reconciliation, between two polls. @returns whether it may go on at once */
async function tryReconcile(
  settings: LoopSettings,
  failing: Map<string, string>,
  world: LoopWorld,
  signal: AbortSignal,
): Promise<boolean> {
  const done = await tellFailure(
    'reconcile',
    () => world.pass(() => reconcile(settings, world, signal), signal),
    failing,
    world,
  );
  return done !== null;
}

function reconcile(settings: LoopSettings, world: LoopWorld, signal: AbortSignal): Promise<Reconciled> {
  const { startAt, overlap } = settings.poll();
  const streams = streamGroups(settings.concern()).flat();
  return reconcileNext({ ...settings.reconcile(), streams, startAt, overlap }, world, signal);
}

async function tryPoll(
  stream: Stream,
  settings: LoopSettings,
  failing: Map<string, string>,
  world: LoopWorld,
  signal: AbortSignal,
): Promise<number> {
  const doPoll = () => world.pass(() => poll([stream], settings, world, signal), signal);
  return (await tellFailure(stream.object, doPoll, failing, world)) ?? 0;
}

/**
 * The answer of a call, or null when it failed.
 * @param failing  by name the code that was told last: a failure that lasts is told once
 */
async function tellFailure<T>(
  name: string,
  call: () => Promise<T>,
  failing: Map<string, string>,
  { observer }: LoopWorld,
): Promise<T | null> {
  try {
    const answer = await call();
    failing.delete(name);
    return answer;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message: reason, mend, recovery } = error;
    // The gate has told of an outage; anything else is told here. The watermark stays, so the next poll reads it all.
    if (!isOutage(error) && recovery !== 'wait' && failing.get(name) !== code) {
      failing.set(name, code);
      observer.emit('poll.failed', { object: name, code, reason, mend });
    }
    return null;
  }
}

async function poll(
  streams: readonly Stream[],
  settings: LoopSettings,
  world: LoopWorld,
  signal: AbortSignal,
): Promise<number> {
  const rows = await pollStreams(streams, settings.poll(), world, signal);
  const hasRoles = streams.some(({ object }) => object === 'OpportunityContactRole');
  return hasRoles ? rows + (await pollDeletedRoles(world, signal)) : rows;
}

/** Null when it does not: the next tick tries again. */
async function ifRedisAnswers<T>(call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof AppError && error.recovery === 'wait') return null;
    throw error;
  }
}

/** Says `idle` once each time the work runs out. */
async function watchIdle(wasBusy: boolean, world: LoopWorld): Promise<boolean> {
  if (!wasBusy) return false;
  try {
    if ((await world.queues.pending()) > 0) return true;
  } catch {
    return true;
  }
  world.observer.emit('idle', { calls: world.salesforce.calls() });
  return false;
}

async function waitForLease(world: LoopWorld, signal: AbortSignal): Promise<void> {
  while (!world.isLeader()) await world.clock.sleep(250, signal);
}
