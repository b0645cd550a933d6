import { AppError } from '../../../domain/error.ts';
import type { User } from '../../../domain/record.ts';
import type { Seat } from './eligibility.ts';
import type { PoolRules } from './pool.ts';
import { EMPTY_POOL_STATE } from './state.ts';
import type { PoolState } from './state.ts';
import { takeTurn } from './turn.ts';

/**
 * The state of a pool after a number of turns in which everybody was eligible and nobody carried anything: what is
 * left to assume when Redis was lost and the org tells only how many turns there were.
 * @throws AppError `pool-unknown` (fix-config) when there is no such pool.
 */
export function rebuildPool(rules: PoolRules, poolName: string, turns: number): PoolState {
  const pool = rules.pools.get(poolName);
  if (pool === undefined) {
    throw new AppError({
      code: 'pool-unknown',
      recovery: 'fix-config',
      message: `"${poolName}" is not a pool`,
      mend: 'name one of the keys of routing.pools',
    });
  }
  const [first, ...others] = pool.members.map((member): Seat => {
    return { member, user: stranger(member.user), load: { open: 0, today: 0 } };
  });
  if (first === undefined) return { ...EMPTY_POOL_STATE, turns };
  let state = EMPTY_POOL_STATE;
  while (state.turns < turns) state = takeTurn(pool, [first, ...others], state).state;
  return state;
}

/** A user as far as taking turns goes. */
function stranger(username: string): User {
  return { id: username, username, email: null, isActive: true, managerId: null, timeZone: null };
}
