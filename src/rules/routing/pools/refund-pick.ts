import { EMPTY_POOL_STATE } from './state.ts';
import type { PoolStates } from './state.ts';
import { refundTurn } from './turn.ts';
import type { Turn } from './turn.ts';

/** The states after a turn is given back (R14). */
export function refundPick(states: PoolStates, turn: Turn): PoolStates {
  const state = states.get(turn.pool) ?? EMPTY_POOL_STATE;
  return new Map(states).set(turn.pool, refundTurn(state, turn));
}
