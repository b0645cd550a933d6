import { AppError } from '../../../domain/error.ts';
import type { Users } from '../users.ts';
import { findUser } from '../users.ts';
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
export function rebuildPool(rules: PoolRules, poolName: string, turns: number, users: Users): PoolState {
  const pool = rules.pools.get(poolName);
  if (pool === undefined) {
    throw new AppError({
      code: 'pool-unknown',
      recovery: 'fix-config',
      message: `"${poolName}" is not a pool`,
      mend: 'name one of the keys of routing.pools',
    });
  }
  const seats = pool.members.flatMap((member): readonly Seat[] => {
    const user = findUser(users, member.user);
    return user === null ? [] : [{ member, user, load: { open: 0, today: 0 } }];
  });
  const [first, ...others] = seats;
  if (first === undefined) return { ...EMPTY_POOL_STATE, turns };
  let state = EMPTY_POOL_STATE;
  while (state.turns < turns) state = takeTurn(pool, seats, [first, ...others], state).state;
  return state;
}
