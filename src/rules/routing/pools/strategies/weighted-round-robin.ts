import { exact, memberState } from '../state.ts';
import { bestSeat } from './strategy.ts';
import type { Strategy } from './strategy.ts';

/**
 * Smooth weighted round robin (R13): everyone eligible is owed their weight more, who is owed most gets the turn and
 * pays for all. Who is not eligible neither gains nor loses.
 */
export const weightedRoundRobin: Strategy = (eligible, state) => {
  const seat = bestSeat(eligible, state, ({ member, user }) => exact(memberState(state, user.id).cw + member.weight));
  const total = eligible.reduce((sum, { member }) => sum + member.weight, 0);
  const credit: Record<string, number> = {};
  for (const { member, user } of eligible) credit[user.id] = member.weight;
  credit[seat.user.id] = exact(seat.member.weight - total);
  return { seat, credit };
};
