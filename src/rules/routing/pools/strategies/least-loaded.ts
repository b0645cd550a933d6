import { bestSeat } from './strategy.ts';
import type { Strategy } from './strategy.ts';

/** The smallest number of open leads by weight (R16); ties as in the round robin. */
export const leastLoaded: Strategy = (eligible, state) => ({
  seat: bestSeat(eligible, state, ({ member, load }) => -load.open / member.weight),
  credit: {},
});
