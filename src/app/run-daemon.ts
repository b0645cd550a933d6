import type { Config } from '../config/schema.ts';
import { stretchOf } from '../domain/api-budget.ts';
import { AppError } from '../domain/error.ts';
import { unforeseen } from '../domain/unforeseen.ts';
import { createObserver, type Observer } from '../observe/events.ts';
import { createMetrics } from '../observe/metrics.ts';
import { pollUntilIdle, runPollLoop, type LoopSettings } from '../poll/poll-loop.ts';
import type { State } from '../ports.ts';
import { closeAll, type Closer } from './close-all.ts';
import type { DaemonSettings } from './daemon-settings.ts';
import { REAL_CLOCK } from './real-clock.ts';
import { startDaemon, type Running } from './start-daemon.ts';

export type DaemonSignals = {
  /** Stops the daemon in order. */
  readonly stop: AbortSignal;
  /** Calls the listener when the configuration is to be read again. */
  readonly onReload: (listener: () => void) => void;
  /** Calls the listener with an error that nobody caught: the daemon tells of it and stops in order. */
  readonly onCrash?: (listener: (error: unknown) => void) => void;
};

/**
 * The daemon: starts everything, runs until it is stopped (or, with `once`, until nothing is left to do), and stops what
 * it started, last in first out.
 * @throws AppError when it cannot start or go on, with how to mend it
 */
export async function runDaemon(settings: DaemonSettings, signals: DaemonSignals): Promise<void> {
  const metrics = createMetrics();
  const observer = createObserver([metrics.subscriber, ...settings.subscribers]);
  const closers: Closer[] = [];
  // Aborts as well when a module can only go on after a person has mended something and nobody waits for that.
  const failing = new AbortController();
  const stop = AbortSignal.any([signals.stop, failing.signal]);
  let running: Running | null = null;
  let reason: 'signal' | 'failure' | 'done' = 'failure';
  try {
    const clock = settings.clock ?? REAL_CLOCK;
    const fail = (error: AppError): void => failing.abort(error);
    signals.onCrash?.((error) => {
      if (!failing.signal.aborted) tellUnforeseen(error, observer);
      fail(unforeseen(error));
    });
    running = await startDaemon(settings, { observer, metrics, clock, closers, stop, fail });
    const { reload } = running;
    signals.onReload(() => void reload());
    await run(settings, running, stop);
    failing.signal.throwIfAborted();
    reason = signals.stop.aborted ? 'signal' : 'done';
  } catch (error) {
    if (failing.signal.aborted) throw failing.signal.reason;
    if (!signals.stop.aborted) {
      tellUnforeseen(error, observer);
      throw unforeseen(error);
    }
    reason = 'signal';
  } finally {
    await closeAll(closers);
    observer.emit('daemon.stopped', { reason, calls: running?.salesforce.calls() ?? 0 });
  }
}

/** One line, without the error's own words: they may quote a record. */
function tellUnforeseen(error: unknown, observer: Observer): void {
  if (!(error instanceof AppError)) observer.emit('internal.error', { reason: unforeseen(error).message });
}

const LEAD_MODULES = ['qualification', 'routing', 'sla', 'recycle'];

/** However few calls are left, late rows are still decided within five minutes of being visible (F25). */
const SLOWEST_POLL = 4 * 60_000;

async function run(settings: DaemonSettings, { loaded, loop }: Running, stop: AbortSignal): Promise<void> {
  const polling: LoopSettings = {
    opportunityRules: () => loaded().opportunityRules,
    poll: () => {
      const { start_at: startAt, overlap, safety_lag: safetyLag } = loaded().config.extract;
      return { startAt, overlap, safetyLag };
    },
    every(object) {
      const { poll } = loaded().config.extract;
      const every = poll[object as keyof Config['extract']['poll']] ?? poll.OpportunityContactRole;
      const stretched = every * stretchOf(loop.salesforce.budget());
      return Math.max(every, Math.min(stretched, SLOWEST_POLL));
    },
    reconcile() {
      const { config, frame } = loaded();
      return {
        cron: config.extract.reconcile,
        timezone: config.org.timezone,
        rereads: (object) => frame.columns.unstamped.has(object),
        channel: frame.alertChannel,
      };
    },
    concern() {
      const { modes, config } = loaded();
      return {
        leads: LEAD_MODULES.some((module) => modes.has(module)),
        opportunities: modes.has('contact_roles') || modes.has('opportunity_criteria'),
        committees: modes.has('contact_roles'),
        taskKey: config.write.task_key,
        userId: loop.salesforce.userId(),
      };
    },
  };
  if (settings.only === 'workers') await new Promise((resolve) => stop.addEventListener('abort', resolve));
  else if (settings.once) {
    await pollUntilIdle(polling, loop, stop);
    await refuseToEndHolding(loop.state);
  } else await runPollLoop(polling, loop, stop);
}

/** `--once` has done all that it may; what the blast radius or poison holds back is a person's to decide (F36, D15, exit code 6). */
async function refuseToEndHolding(state: State): Promise<void> {
  for (const [module, { code, reason }] of await state.pausedModules()) {
    const held = await state.heldRecords(module);
    if (code === 'operator' || held.length === 0) continue;
    throw new AppError({
      code: 'blast-radius',
      recovery: 'fix-config',
      message: `${module} is paused, ${reason}; ${held.length} records are held`,
      mend: `look at what it decided, then rolecall resume ${module}, or rolecall discard ${module}`,
    });
  }
}
