import type { Memory, State } from '../../ports.ts';
import { REQUALIFY_ALL } from '../leads/changed-rules.ts';
import type { TurnWorld } from '../leads/turns.ts';
import type { WorkWorld } from '../work-world.ts';
import type { Fate } from '../write-back.ts';
import { reviewAgainst, type ApplyReview } from './apply-review.ts';
import { checkRows, type RowState } from './check-rows.ts';
import { WORKERS } from './draw-plan.ts';
import type { PlanRow } from './plan-row.ts';
import { releaseTurns, reserveTurns, type Reservations } from './reserve-turns.ts';
import { shadowState } from './shadow-state.ts';

/** A plan that was read and fits the configuration. */
export type Plan = {
  readonly hash: string;
  readonly modules: readonly string[];
  /** In the order in which they were decided. */
  readonly rows: readonly PlanRow[];
};

/**
 * What became of a row. `done`: an earlier application of this plan had written it. `stale`: the record, its turn or its
 * decision are not those of the plan any more. `held`: past the blast radius, or the module is paused.
 */
export type RowResult = {
  readonly object: string;
  readonly id: string;
  readonly outcome: 'applied' | 'done' | 'stale' | 'refused' | 'unknown' | 'held';
  /** What has changed, or the org's code; empty where nothing went wrong. */
  readonly why: string;
};

/**
 * Writes what a plan holds and nothing else, batch by batch, by the daemon's own code: each record is decided again, and
 * written when that comes to what was planned and the record holds what the plan found. Turns are taken before, and given
 * back where the lead did not get its owner. Ends early when a batch is held. Repeating it is harmless (F40).
 */
export async function* applyPlan(
  plan: Plan,
  world: WorkWorld,
  signal: AbortSignal,
): AsyncGenerator<readonly RowResult[]> {
  const turns = turnsOf(plan, world, signal);
  const rules = world.frame().rulebook.routing?.rules;
  const reservations: Reservations =
    turns === null || rules === undefined
      ? { lost: new Set(), prior: new Map() }
      : await reserveTurns(plan.rows, rules, turns);
  const release = async (rows: readonly PlanRow[]): Promise<void> => {
    if (turns !== null && rules !== undefined) await releaseTurns(rows, reservations.prior, rules, turns);
  };

  const mark = `plan:${plan.hash}`;
  const [progress = null] = await world.state.assignments([mark]);
  const batches = [...Map.groupBy(plan.rows, ({ batch }) => batch)];
  for (const [index, [batch, rows]] of batches.entries()) {
    // Before its first write: what it leaves when it breaks off is known as this plan's then.
    const isRepeat = Number(progress?.['begun'] ?? -1) >= batch;
    if (!isRepeat) await keepProgress(mark, batch, world.state);
    const results = await applyBatch(rows, { plan, isRepeat, lost: reservations.lost, world, signal });
    const isStopped = results.some(({ outcome }) => outcome === 'held');
    const settled = new Set(results.filter(({ outcome }) => KEEPS_TURN.has(outcome)).map(({ id }) => id));
    const vain = rows.filter(({ id }) => !settled.has(id));
    await release(isStopped ? [...vain, ...batches.slice(index + 1).flatMap(([, rest]) => rest)] : vain);
    yield results;
    if (isStopped) return;
  }
}

/** An outcome that is not known keeps its turn: whoever looks next goes on from it (D9). */
const KEEPS_TURN: ReadonlySet<RowResult['outcome']> = new Set(['applied', 'done', 'unknown']);

async function keepProgress(mark: string, batch: number, state: State): Promise<void> {
  await state.commitTurns({ expected: new Map(), states: new Map(), assignments: new Map([[mark, { begun: batch }]]) });
}

function turnsOf({ modules }: Plan, world: WorkWorld, signal: AbortSignal): TurnWorld | null {
  if (!modules.includes('routing')) return null;
  const { rulebook, directory } = world.frame();
  const { state, salesforce } = world;
  return { state, salesforce, signal, turnField: rulebook.source.write.turn_key, users: directory.users, scope: '' };
}

type Applying = {
  readonly plan: Plan;
  readonly isRepeat: boolean;
  readonly lost: ReadonlySet<string>;
  readonly world: WorkWorld;
  readonly signal: AbortSignal;
};

async function applyBatch(rows: readonly PlanRow[], applying: Applying): Promise<readonly RowResult[]> {
  const { plan, isRepeat, lost, world, signal } = applying;
  const object = rows[0]?.object ?? 'Lead';
  const states = await checkRows(object, rows, world.salesforce, signal);
  const isGoing = (row: PlanRow): boolean => {
    const state = states.get(row.id)!;
    if (state.kind === 'written') return isRepeat && hasTasks(row);
    return state.kind === 'ready' && !lost.has(row.id);
  };
  const going = new Map(rows.filter(isGoing).map((row) => [row.id, row]));
  const reviewed = reviewAgainst(going, plan.modules);
  if (going.size > 0) {
    const apply: WorkWorld = {
      ...world,
      state: stateFor(plan, reviewed, world.state),
      queues: { ...world.queues, add: async () => undefined },
      isWithheld: (module) => !plan.modules.includes(module),
      review: reviewed.review,
    };
    await WORKERS[object === 'Lead' ? 'lead' : 'opportunity']([...going.keys()], apply, signal);
  }
  return rows.map((row) => resultOf(row, states.get(row.id)!, going.has(row.id) ? reviewed.fates : null, applying));
}

/** The daemon's state, but for what a row that was not written would leave in it. */
function stateFor({ modules }: Plan, { fates }: ApplyReview, state: State): State {
  // A plan without routing takes no turns.
  const turns = modules.includes('routing') ? state : shadowState(state, new Map());
  const isLeft = (id: string): boolean =>
    ['Lead', 'Opportunity'].some((object) => LEAVES_NOTHING.has(fates.get(`${object}:${id}`)?.kind ?? 'applied'));
  const kept = <Value>(values: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> =>
    new Map([...values].filter(([id]) => !isLeft(id)));
  return {
    ...state,
    poolStates: (names) => turns.poolStates(names),
    assignmentsSince: (from) => turns.assignmentsSince(from),
    commitTurns: (change) => turns.commitTurns(change),
    async assignments(keys) {
      const stored = await turns.assignments(keys);
      return keys.map((key, index): Memory | null => REQUALIFY_ALL.get(key) ?? stored[index] ?? null);
    },
    dueTimers: async () => new Map(),
    remember: (kind, memories) => state.remember(kind, kept(memories)),
    setTimers: (kind, timers) => state.setTimers(kind, kept(timers)),
    // The file holds them: whoever lets the module write again applies it again.
    holdRecords: async () => undefined,
  };
}

const LEAVES_NOTHING: ReadonlySet<Fate['kind']> = new Set(['stale', 'held']);

function hasTasks({ tasks, roles }: PlanRow): boolean {
  return Object.keys(tasks.make).length + tasks.close.length + tasks.change.length + roles.length > 0;
}

/** @param fates  null when the row was not tried */
function resultOf(
  row: PlanRow,
  state: RowState,
  fates: ReadonlyMap<string, Fate> | null,
  { isRepeat, lost }: Applying,
): RowResult {
  const { object, id } = row;
  const result = (outcome: RowResult['outcome'], why = ''): RowResult => ({ object, id, outcome, why });
  if (state.kind === 'changed') return result('stale', `changed: ${state.fields.join(', ')}`);
  if (state.kind === 'written' && !isRepeat) return result('stale', 'decided meanwhile');
  if (fates === null)
    return lost.has(id) && state.kind !== 'written' ? result('stale', 'its turn is taken') : result('done');
  const own = [
    ...(Object.keys(row.changes).length > 0 && state.kind === 'ready' ? [`${object}:${id}`] : []),
    ...Object.keys(row.tasks.make).map((key) => `Task:${key}`),
    ...[...row.tasks.close, ...row.tasks.change].map((task) => `Task:${task}`),
    ...row.roles.map((key) => `OpportunityContactRole:${key}`),
  ];
  const known = own.map((name) => fates.get(name));
  for (const fate of known) {
    if (fate?.kind === 'held') return result('held', fate.module);
    if (fate?.kind === 'refused') return result('refused', fate.code);
    if (fate?.kind === 'unknown') return result('unknown', fate.cause.code);
    if (fate?.kind === 'stale') return result('stale', 'decided otherwise now');
  }
  if (known.every((fate) => fate?.kind === 'applied')) return result('applied');
  return isRepeat ? result('done') : result('stale', 'decided otherwise now');
}
