import type { Instant } from '../../../domain/instant.ts';
import type { Rulebook } from '../../rulebook.ts';
import { pickFromPool } from '../../routing/pools/pick-from-pool.ts';
import type { Pool, PoolRules } from '../../routing/pools/pool.ts';
import type { PoolStates } from '../../routing/pools/state.ts';
import type { World } from '../../routing/pools/world.ts';
import { quietWorld } from '../../routing/quiet-world.ts';
import type { RoutingRules } from '../../routing/routing-rules.ts';
import { indexUsers } from '../../routing/users.ts';
import { withoutSection } from '../subject.ts';
import type { Answer, TestOf } from '../subject.ts';
import { findReference, isNamed } from '../user-names.ts';

/** Who gets the leads of a pool, one after the other, from an empty state on (R13–R16). */
export function askPool({ pool: asked }: TestOf<'pool'>, { routing }: Rulebook, now: Instant): Answer {
  if (routing === null) return withoutSection('routing');
  const { rules } = routing;
  if (!rules.pools.has(asked.id)) return { unanswered: `there is no pool "${asked.id}"` };
  const openLeads = new Map(
    Object.entries(asked.open_leads).map(([name, open]) => [findReference(rules.users, name), open]),
  );
  const pools = turnsOnly(rules, new Set(openLeads.keys()));
  const given = new Map<string, number>();
  const owners: string[] = [];
  let states: PoolStates = new Map();
  for (let pick = 1; pick <= asked.picks; pick++) {
    const world = worldOf(rules, pick, { away: asked.away, openLeads, given });
    const { result, states: changed } = pickFromPool(pools, asked.id, states, world, now);
    if (result.kind === 'queue') owners.push(`queue:${result.queue}`);
    if (result.kind !== 'user') continue;
    const { username } = result.user;
    owners.push(username);
    given.set(username, (given.get(username) ?? 0) + 1);
    states = new Map([...states, ...changed]);
  }
  return { values: { owners } };
}

/**
 * The pools without what a test of turns leaves out: nobody waits for opening hours, and a cap counts only for those of
 * whom the test says how many leads they have open.
 */
function turnsOnly(rules: RoutingRules, counted: ReadonlySet<string>): PoolRules {
  const isCounted = (user: string) => [...counted].some((reference) => isNamed(reference, user));
  const open = (pool: Pool): Pool => ({
    ...pool,
    members: pool.members.map((member) => {
      const cap = isCounted(member.user) && member.cap.open !== undefined ? { open: member.cap.open } : {};
      return { ...member, cap, calendar: null };
    }),
  });
  return { pools: new Map([...rules.pools].map(([name, pool]) => [name, open(pool)])) };
}

type Circumstances = {
  /** First and last pick of an absence, by name. */
  readonly away: Readonly<Record<string, readonly [number, number]>>;
  readonly openLeads: ReadonlyMap<string, number>;
  /** Leads given by the picks before, by username. */
  readonly given: ReadonlyMap<string, number>;
};

function worldOf(rules: RoutingRules, pick: number, { away, openLeads, given }: Circumstances): World {
  const names = new Set([...openLeads.keys(), ...given.keys()]);
  const loads = [...names].map((name) => [name, (openLeads.get(name) ?? 0) + (given.get(name) ?? 0)] as const);
  const world = quietWorld(rules, { openLeads: Object.fromEntries(loads) });
  const users = [...world.users.byId.values()].map((user) => {
    const isAway = Object.entries(away).some(
      ([name, [first, last]]) => isNamed(user.username, name) && first <= pick && pick <= last,
    );
    return isAway ? { ...user, isActive: false } : user;
  });
  return { ...world, users: indexUsers(users) };
}
