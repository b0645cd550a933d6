import type { Memory } from '../../ports.ts';
import { readAssignment, type Assignment } from '../../rules/routing/assignment.ts';
import type { PoolState } from '../../rules/routing/pools/state.ts';
import { retakeTurn } from '../../rules/routing/pools/turn.ts';
import type { RoutingRules } from '../../rules/routing/routing-rules.ts';
import { commitTurns, giveBack, openTurns, type TurnWorld } from '../leads/turns.ts';
import type { PlanRow } from './plan-row.ts';

/** What became of the turns of a plan. */
export type Reservations = {
  /** Ids of leads whose turn, or whose epoch, somebody else has had since the plan. */
  readonly lost: ReadonlySet<string>;
  /** What stood under the keys before. */
  readonly prior: ReadonlyMap<string, Memory | null>;
};

const CHUNK = 500;

/**
 * Takes the turns of a plan for real, before anything is written, so that the running daemon goes on after them (R19).
 * Each lead gets the owner whom the plan names, or is lost. What an earlier, broken-off call has reserved still holds.
 */
export async function reserveTurns(
  rows: readonly PlanRow[],
  rules: RoutingRules,
  turns: TurnWorld,
): Promise<Reservations> {
  const lost = new Set<string>();
  const prior = new Map<string, Memory | null>();
  const asking = rows.filter(({ reserve }) => Object.keys(reserve).length > 0);
  for (let from = 0; from < asking.length; from += CHUNK) {
    const reserved = await reserveChunk(asking.slice(from, from + CHUNK), rules, turns);
    for (const id of reserved.lost) lost.add(id);
    for (const [key, before] of reserved.prior) prior.set(key, before);
  }
  return { lost, prior };
}

async function reserveChunk(rows: readonly PlanRow[], rules: RoutingRules, turns: TurnWorld): Promise<Reservations> {
  const keys = rows.flatMap(({ reserve }) => Object.keys(reserve));
  for (;;) {
    const stored = await turns.state.assignments(keys.map((key) => turns.scope + key));
    const prior = new Map(keys.map((key, index) => [key, stored[index] ?? null]));
    const book = await openTurns(rules, turns);
    const states = new Map<string, PoolState>();
    const reserved = new Map<string, Memory | null>();
    const lost = new Set<string>();
    for (const { id, reserve } of rows) {
      const standing = standingOf(reserve, prior);
      if (standing === 'reserved') continue;
      const { turn } = plannedAssignment(reserve)?.[1] ?? { turn: null };
      const state = turn === null ? null : (states.get(turn.pool) ?? book.states.get(turn.pool));
      const next = turn === null || state === null || state === undefined ? null : retakeTurn(state, turn);
      if (standing === 'taken' || (turn !== null && next === null)) {
        lost.add(id);
        continue;
      }
      if (turn !== null && next !== null) states.set(turn.pool, next);
      for (const [key, value] of Object.entries(reserve)) reserved.set(key, value);
    }
    if (await commitTurns(book, states, reserved, turns)) return { lost, prior };
  }
}

/** The assignment among what a row reserves, with its key; null when a row reserves none. */
function plannedAssignment(reserve: PlanRow['reserve']): readonly [string, Assignment] | null {
  for (const [key, value] of Object.entries(reserve)) {
    const assignment = readAssignment(value);
    if (assignment !== null) return [key, assignment];
  }
  return null;
}

/** `free`: as the plan found it. `reserved`: the plan's own reservation stands. `taken`: somebody has been chosen since. */
function standingOf(
  reserve: PlanRow['reserve'],
  prior: ReadonlyMap<string, Memory | null>,
): 'free' | 'reserved' | 'taken' {
  const planned = plannedAssignment(reserve);
  if (planned === null) return 'free';
  const stored = readAssignment(prior.get(planned[0]));
  if (stored !== null) return isSame(stored, planned[1]) ? 'reserved' : 'taken';
  // A null stands for the wish of a new epoch that the plan fulfils: without the wish there is none.
  const wishes = Object.entries(reserve).filter(([, value]) => value === null);
  return wishes.every(([key]) => (prior.get(key) ?? null) !== null) ? 'free' : 'taken';
}

function isSame(left: Assignment, right: Assignment): boolean {
  return left.at === right.at && left.ownerId === right.ownerId;
}

/** Gives back what was reserved for leads that did not get their owner after all. */
export async function releaseTurns(
  rows: readonly PlanRow[],
  prior: ReadonlyMap<string, Memory | null>,
  rules: RoutingRules,
  turns: TurnWorld,
): Promise<void> {
  const planned = rows.flatMap(({ reserve }) => {
    const own = plannedAssignment(reserve);
    return own === null ? [] : [{ reserve, key: own[0], assignment: own[1] }];
  });
  const stored = await turns.state.assignments(planned.map(({ key }) => turns.scope + key));
  const vain = planned.filter(({ assignment }, index) => {
    const now = readAssignment(stored[index]);
    return now !== null && !now.isConfirmed && isSame(now, assignment);
  });
  await giveBack(rules, new Map(vain.map(({ key, assignment }) => [key, assignment])), turns);
  const others = vain.flatMap(({ reserve, key }) => Object.keys(reserve).filter((other) => other !== key));
  if (others.length === 0) return;
  const before = new Map(others.map((key) => [key, prior.get(key) ?? null]));
  await commitTurns({ states: new Map(), texts: new Map() }, new Map(), before, turns);
}
