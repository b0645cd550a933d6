import { userInfo } from 'node:os';

import { dataPath } from '../config/data-path.ts';
import type { Variables } from '../config/env-reading.ts';
import { readEnvironment } from '../config/env.ts';
import type { Lane } from '../domain/lane.ts';
import { openDecisionLog, type DecisionLog } from '../observe/decision-log.ts';
import { createObserver, type Observer } from '../observe/events.ts';
import { createLog } from '../observe/log.ts';
import { isHidden } from '../rules/conditions/hidden-tests.ts';
import type { WorkWorld } from '../workers/work-world.ts';
import { openAlerts } from './open-alerts.ts';
import { openDesk, type Desk } from './open-desk.ts';
import { REAL_CLOCK } from './real-clock.ts';

/** A desk at which decisions are made as the daemon makes them. */
export type WorkDesk = AsyncDisposable &
  Desk & {
    /** What the daemon's workers stand on: writes go to the org and to the daemon's state. */
    readonly world: WorkWorld;
    /** Logs on the standard output of errors: the other one is the command's result. */
    readonly observer: Observer;
    /** Who runs the command. */
    readonly by: string;
    /** Where the decision log is. */
    readonly decisionFile: string;
  };

/**
 * Opens what one command needs to decide. Of what the workers tell, the log gets warnings and errors alone.
 * @throws AppError as `openDesk`
 */
export async function openWorkDesk(
  env: Variables,
  { version, isTerminal, lane }: { readonly version: string; readonly isTerminal: boolean; readonly lane: Lane },
  signal: AbortSignal,
): Promise<WorkDesk> {
  const { dataFolder, logLevel, logFormat, redis, secrets } = readEnvironment(env, { isTerminal });
  const log = createLog({ level: logLevel, format: logFormat, secrets, fd: 2 });
  const observer = createObserver([log.subscriber]);
  const desk = await openDesk(env, lane, signal);
  const { config, frame } = desk.loaded;
  // Whoever only looks makes no file.
  let decisions: DecisionLog | null = null;
  const decisionFile = dataPath(config.log.decisions, dataFolder);
  const hides = (field: string): boolean => isHidden(field, frame.rulebook.hidden);
  const openDecisions = (): DecisionLog =>
    openDecisionLog({ file: decisionFile, hides, engine: `rolecall ${version}` });
  // A running daemon sends what is put into the outbox here.
  const telling = { observer, clock: REAL_CLOCK };
  const alerts = openAlerts({ variables: env, only: 'poller', once: false }, redis, telling, () => desk.loaded);
  const { salesforce, state, queues } = desk;
  return {
    ...desk,
    observer,
    by: userInfo().username,
    decisionFile,
    world: {
      salesforce,
      state,
      queues,
      observer: createObserver([
        (event, fields, level) => {
          if (level === 'warn' || level === 'error') log.subscriber(event, fields, level);
        },
      ]),
      alerts,
      now: () => salesforce.now(),
      frame: () => frame,
      blastRadius: () => config.write.blast_radius,
      configHash: () => frame.configHash,
      isWithheld: (module) => desk.loaded.modes.get(module) !== 'enforce',
      record(made, tookMs) {
        if (made.length === 0) return;
        decisions ??= openDecisions();
        decisions.write(made, { configHash: frame.configHash, tookMs });
      },
      monotonic: () => performance.now(),
      random: Math.random,
    },
    async [Symbol.asyncDispose]() {
      await decisions?.close();
      await alerts.close();
      await desk[Symbol.asyncDispose]();
    },
  };
}
