import type { Seat } from '../eligibility.ts';
import { memberState } from '../state.ts';
import type { PoolState } from '../state.ts';

/** Who gets the turn, and how it changes what members are owed. */
export type Choice = {
  readonly seat: Seat;
  /** By user id, added to `cw`; empty for strategies that owe nobody anything. */
  readonly credit: Readonly<Record<string, number>>;
};

/** Chooses among the eligible, in the order of the file; at least one. */
export type Strategy = (eligible: readonly [Seat, ...Seat[]], state: PoolState) => Choice;

/**
 * The seat with the largest rank; of several the one least recently assigned by this pool, then the first of the file
 * (R13).
 */
export function bestSeat(eligible: readonly [Seat, ...Seat[]], state: PoolState, rank: (seat: Seat) => number): Seat {
  return eligible.reduce((best, seat) => {
    const ahead = rank(seat) - rank(best) || lastTurn(state, best) - lastTurn(state, seat);
    return ahead > 0 ? seat : best;
  });
}

/** Turns count from 1; who never had one comes first. */
function lastTurn(state: PoolState, { user }: Seat): number {
  return memberState(state, user.id).lastAt ?? 0;
}
