import { findLostModules, type Loss } from '../config/lost-modules.ts';
import type { Config } from '../config/schema.ts';
import { AppError } from '../domain/error.ts';
import type { WorkKind } from '../domain/work.ts';
import type { Salesforce, State, WorkQueues } from '../ports.ts';
import type { Frame } from '../workers/work-world.ts';
import { columnsOf, type LoadedFrame } from './load-frame.ts';
import { readOrgFacts } from './read-org-facts.ts';
import type { Standstills } from './standstills.ts';

/** The modules that stand still because the org does not show what their rules need, while the others go on. */
export type Suspensions = {
  /** The rules and columns of those that can work. */
  frame(): Frame;
  /** Puts the records in the line of those that every suspended module of their kind looks at once it can work again. */
  hold(kind: WorkKind, ids: readonly string[]): Promise<void>;
  /** Asks the org whether a failed batch is a module's alone. @returns whether another try without it is worth while */
  blame(error: unknown, signal: AbortSignal): Promise<boolean>;
  /** Lets those go on whose fields and stages are back, and hands on what was held for them. */
  look(signal: AbortSignal): Promise<void>;
  /** Hands on what an earlier process has held, and did not live to hand on. */
  takeOver(): Promise<void>;
};

type SuspensionWorld = {
  readonly loaded: () => LoadedFrame;
  readonly salesforce: Salesforce;
  readonly state: State;
  readonly queues: WorkQueues;
  readonly standstills: Standstills;
};

type Suspended = {
  readonly config: Config;
  readonly lost: ReadonlyMap<string, Loss>;
  readonly columns: Frame['columns'];
};

const MODULES_OF: Readonly<Record<WorkKind, readonly string[]>> = {
  lead: ['qualification', 'routing', 'sla', 'recycle'],
  opportunity: ['contact_roles', 'opportunity_criteria'],
};

/** How the org says that what a batch reads is not there, and how we do. */
const LOSSES = new Set(['INVALID_FIELD', 'INVALID_TYPE', 'E_STAGE_UNKNOWN']);

/**
 * Keeps modules apart that share their records: when a batch fails for a field or a stage that is gone, only those whose
 * rules name it stand still (XE9, CE24). What comes meanwhile is held for them, beside what the breaker holds.
 */
export function createSuspensions({ loaded, salesforce, state, queues, standstills }: SuspensionWorld): Suspensions {
  let suspended: Suspended | null = null;
  let inTurn: Promise<unknown> = Promise.resolve();

  return {
    frame() {
      const { frame, config } = loaded();
      // A configuration that was loaded since fits the org.
      if (suspended === null || suspended.config !== config) return frame;
      return narrow(frame, suspended);
    },
    async hold(kind, ids) {
      const modules = MODULES_OF[kind].filter((module) => suspended?.lost.has(module) === true);
      const records = ids.map((id) => ({ kind, id }));
      for (const module of modules) await state.holdRecords(lineOf(module), records);
      // Whoever went on meanwhile does not look into the line again.
      for (const module of modules) if (suspended?.lost.has(module) !== true) await release(module);
    },
    blame(error, signal) {
      if (!(error instanceof AppError) || !LOSSES.has(error.code)) return Promise.resolve(false);
      return oneByOne(() => review(signal));
    },
    async look(signal) {
      if (suspended !== null) await oneByOne(() => review(signal));
    },
    async takeOver() {
      for (const module of Object.values(MODULES_OF).flat()) await release(module);
    },
  };

  /** Batches of several kinds may fail for the same field at once: it is told once. */
  function oneByOne<T>(act: () => Promise<T>): Promise<T> {
    const turn = inTurn.then(act);
    inTurn = turn.catch(() => undefined);
    return turn;
  }

  /** @returns whether a module that a batch was tried with is suspended now */
  async function review(signal: AbortSignal): Promise<boolean> {
    const { config } = loaded();
    const before: ReadonlyMap<string, Loss> = suspended?.lost ?? new Map();
    const { facts } = await readOrgFacts(config, salesforce, signal);
    const lost = findLostModules(config, facts);
    const without = Object.fromEntries([...lost.keys()].map((module) => [module, null]));
    const columns = columnsOf({ ...config, ...without }, facts.describe);
    suspended = lost.size === 0 ? null : { config, lost, columns };
    for (const [module, { code, reason }] of lost) {
      if (!before.has(module)) standstills.begin(module, { code, reason });
    }
    for (const module of before.keys()) {
      if (lost.has(module)) continue;
      standstills.end(module);
      await release(module);
    }
    return lost.size > 0 && [...lost.keys()].some((module) => !before.has(module));
  }

  /** Queued first, then dropped: a crash in between decides a record twice, never none. */
  async function release(module: string): Promise<void> {
    const held = await state.heldRecords(lineOf(module));
    for (const [kind, records] of Map.groupBy(held, (record) => record.kind)) {
      await queues.add(
        kind,
        records.map(({ id }) => id),
      );
    }
    await state.dropHeldRecords(lineOf(module));
  }
}

/** Not the line of the breaker: no person has to say when these go on. */
function lineOf(module: string): string {
  return `suspended:${module}`;
}

/** Routing keeps its rules, which say whose a lead is; it gives none away while it is suspended. */
function narrow(frame: Frame, { lost, columns }: Suspended): Frame {
  const { rulebook } = frame;
  return {
    ...frame,
    columns,
    suspended: new Set(lost.keys()),
    rulebook: {
      ...rulebook,
      qualification: lost.has('qualification') ? null : rulebook.qualification,
      contactRoles: lost.has('contact_roles') ? null : rulebook.contactRoles,
      opportunityCriteria: lost.has('opportunity_criteria') ? null : rulebook.opportunityCriteria,
    },
  };
}
