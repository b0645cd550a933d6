import type { Instant } from '../../domain/instant.ts';
import { quotePrefix, selectWhere } from '../../poll/soql.ts';
import type { Memory, Salesforce, State } from '../../ports.ts';
import type { Assignment } from '../../rules/routing/assignment.ts';
import { rebuildPool } from '../../rules/routing/pools/rebuild-pool.ts';
import { refundPick } from '../../rules/routing/pools/refund-pick.ts';
import { EMPTY_POOL_STATE, type PoolState, type PoolStates } from '../../rules/routing/pools/state.ts';
import type { RoutingRules } from '../../rules/routing/routing-rules.ts';
import type { Users } from '../../rules/routing/users.ts';

/** The turns of all pools as one batch found them. */
export type TurnBook = {
  readonly states: PoolStates;
  /** The texts that the states were read from, to tell whether another worker was faster. */
  readonly texts: ReadonlyMap<string, string | null>;
};

export type TurnWorld = {
  readonly state: State;
  readonly salesforce: Salesforce;
  readonly signal: AbortSignal;
  /** `write.turn_key`; null when the org keeps no turns. */
  readonly turnField: string | null;
  /** Members of pools are among them. */
  readonly users: Users;
  /** Put before pool names in Redis: a module that only observes has turns of its own (F38). */
  readonly scope: string;
};

/** Reads the turns of all pools. Pools that Redis knows nothing of are rebuilt from the turns that the org shows. */
export async function openTurns(rules: RoutingRules, world: TurnWorld): Promise<TurnBook> {
  const names = [...rules.pools.keys()];
  const stored = await world.state.poolStates(names.map((name) => world.scope + name));
  const texts = new Map(names.map((name) => [name, stored.get(world.scope + name) ?? null]));
  const unknown = names.filter((name) => texts.get(name) === null);
  const rebuilt = await rebuild(rules, unknown, world);
  const states = new Map(
    names.map((name) => {
      const text = texts.get(name) ?? null;
      return [name, text === null ? rebuilt.get(name)! : (JSON.parse(text) as PoolState)];
    }),
  );
  return { states, texts };
}

/** The states of pools after the turns that the org shows to have been taken; the number of the latest is its own key. */
async function rebuild(
  rules: RoutingRules,
  pools: readonly string[],
  { salesforce, signal, turnField, users }: TurnWorld,
): Promise<ReadonlyMap<string, PoolState>> {
  const states = new Map<string, PoolState>(pools.map((pool) => [pool, EMPTY_POOL_STATE]));
  if (turnField === null) return states;
  for (let at = 0; at < pools.length; at += 5) {
    const asked = pools.slice(at, at + 5);
    const answers = await salesforce.queryTogether(
      asked.map((pool) => ({
        soql: `${selectWhere('Lead', [turnField], `${turnField} LIKE ${quotePrefix(`${pool}:`)}`)} ORDER BY ${turnField} DESC LIMIT 1`,
        scanAll: true,
      })),
      signal,
    );
    for (const [index, pool] of asked.entries()) {
      const latest = String(answers[index]?.[0]?.[turnField] ?? '');
      const turns = Number(latest.slice(pool.length + 1));
      if (Number.isInteger(turns) && turns > 0) states.set(pool, rebuildPool(rules, pool, turns, users));
    }
  }
  return states;
}

/**
 * Keeps new states and assignments, all or nothing.
 * @returns false when another worker has taken a turn since the book was opened
 */
export async function commitTurns(
  book: TurnBook,
  states: PoolStates,
  assignments: ReadonlyMap<string, Memory | null>,
  { state, scope }: TurnWorld,
): Promise<boolean> {
  const changed = [...states].filter(([pool, next]) => JSON.stringify(next) !== book.texts.get(pool));
  return state.commitTurns({
    expected: new Map(changed.map(([pool]) => [scope + pool, book.texts.get(pool) ?? null])),
    states: new Map(changed.map(([pool, next]) => [scope + pool, JSON.stringify(next)])),
    assignments: new Map([...assignments].map(([key, given]) => [scope + key, given])),
  });
}

/** Gives turns back whose writes the org has refused or that a change has overtaken (R14), and forgets the assignments. */
export async function giveBack(
  rules: RoutingRules,
  refunds: ReadonlyMap<string, Assignment>,
  world: TurnWorld,
): Promise<void> {
  if (refunds.size === 0) return;
  const forgotten = new Map([...refunds.keys()].map((key) => [key, null]));
  for (;;) {
    const book = await openTurns(rules, world);
    let states: PoolStates = new Map();
    // The latest first: a number is used again only when it is the last one.
    for (const { turn } of [...refunds.values()].toSorted((a, b) => (b.turn?.turn ?? 0) - (a.turn?.turn ?? 0))) {
      if (turn !== null) states = refundPick(new Map([...book.states, ...states]), turn);
    }
    if (await commitTurns(book, states, forgotten, world)) return;
  }
}

/** Takes the states of pools from the org again, whatever Redis says. */
export async function resetPools(rules: RoutingRules, pools: readonly string[], world: TurnWorld): Promise<void> {
  if (pools.length === 0) return;
  for (;;) {
    const book = await openTurns(rules, world);
    if (await commitTurns(book, await rebuild(rules, pools, world), new Map(), world)) return;
  }
}

/** Whether a stamp is so recent that a missing handoff task can only be one that was never made (recycle bin: 15 days). */
export function isRecent(at: Instant, now: Instant): boolean {
  return now - at < 14 * 24 * 3_600_000;
}
