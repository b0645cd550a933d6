import type { Instant } from '../../../domain/instant.ts';
import type { Ineligibility } from './eligibility.ts';
import { judgeMembers } from './eligibility.ts';
import { ANY_LEAD, pickFromPool } from './pick-from-pool.ts';
import type { Pool, PoolRules } from './pool.ts';
import { EMPTY_POOL_STATE, memberState } from './state.ts';
import type { PoolStates } from './state.ts';
import { loadOf } from './world.ts';
import type { World } from './world.ts';

/** One member of a pool as it stands. */
export type MemberView = {
  /** As the configuration names them, in lower case. */
  readonly user: string;
  readonly weight: number;
  /** What the member is owed, in weights (R13). */
  readonly owed: number;
  /** Number of the member's last turn; null before the first. */
  readonly lastTurn: number | null;
  readonly open: number;
  readonly openCap: number | null;
  readonly today: number;
  readonly dayCap: number | null;
  /** Why the member would get no lead now; null when nothing is against it (R9). */
  readonly out: Ineligibility | null;
};

/** A pool as it stands: its turns, its members, and who would get the next lead. */
export type PoolView = {
  readonly pool: string;
  readonly strategy: Pool['strategy'];
  readonly turns: number;
  readonly members: readonly MemberView[];
  /** A user, `queue:Name`, `wait` with the instant, or `none`; it may be another pool's. */
  readonly next: { readonly who: string; readonly pool: string | null; readonly until: Instant | null };
};

/** Takes no turn. Null when there is no such pool. */
export function describePool(
  rules: PoolRules,
  name: string,
  states: PoolStates,
  world: World,
  now: Instant,
): PoolView | null {
  const pool = rules.pools.get(name);
  if (pool === undefined) return null;
  const state = states.get(name) ?? EMPTY_POOL_STATE;
  const members = judgeMembers(pool, world, ANY_LEAD, now).map(({ member, seat, reason }): MemberView => {
    const { cw, lastAt } = memberState(state, seat?.user.id ?? '');
    const load = seat === null ? { open: 0, today: 0 } : loadOf(world, name, seat.user.id);
    const { open: openCap = null, day: dayCap = null } = member.cap;
    return {
      user: member.user,
      weight: member.weight,
      owed: cw,
      lastTurn: lastAt,
      ...load,
      openCap,
      dayCap,
      out: reason,
    };
  });
  return {
    pool: name,
    strategy: pool.strategy,
    turns: state.turns,
    members,
    next: nextOf(rules, name, states, world, now),
  };
}

function nextOf(rules: PoolRules, name: string, states: PoolStates, world: World, now: Instant): PoolView['next'] {
  const { result, pool } = pickFromPool(rules, name, states, world, now);
  switch (result.kind) {
    case 'user':
      return { who: result.user.username.toLowerCase(), pool, until: null };
    case 'queue':
      return { who: `queue:${result.queue}`, pool, until: null };
    case 'wait':
      return { who: 'wait', pool, until: result.until };
    case 'none':
      return { who: 'none', pool, until: null };
    default:
      return result satisfies never;
  }
}
