import type { Seat } from './eligibility.ts';
import type { Pool } from './pool.ts';
import { exact, memberState } from './state.ts';
import type { MemberState, PoolState } from './state.ts';
import { strategies } from './strategies/strategies.ts';

/** A reserved turn: what it takes to give it back. Plain JSON. */
export type Turn = {
  readonly pool: string;
  /** Number of the turn in its pool, from 1. */
  readonly turn: number;
  /** Id of who got it. */
  readonly user: string;
  /** What the turn added to each member's `cw`, by user id. */
  readonly credit: Readonly<Record<string, number>>;
  /** The member's turn before this one, null for the first. */
  readonly previousTurn: number | null;
};

/**
 * The next turn of a pool among the eligible, and the state after it. Members that the pool no longer has vanish (R15).
 * @param seats  of all members, the ineligible among them: they neither gain nor lose
 */
export function takeTurn(
  { name, strategy }: Pick<Pool, 'name' | 'strategy'>,
  seats: readonly Seat[],
  eligible: readonly [Seat, ...Seat[]],
  state: PoolState,
): { readonly seat: Seat; readonly turn: Turn; readonly state: PoolState } {
  const { seat, credit } = strategies[strategy](eligible, state);
  const user = seat.user.id;
  const turn = state.turns + 1;
  const members: Record<string, MemberState> = {};
  for (const {
    user: { id },
  } of seats) {
    const before = memberState(state, id);
    members[id] = { cw: exact(before.cw + (credit[id] ?? 0)), lastAt: id === user ? turn : before.lastAt };
  }
  const previousTurn = memberState(state, user).lastAt;
  return { seat, turn: { pool: name, turn, user, credit, previousTurn }, state: { members, turns: turn } };
}

/**
 * The state without a turn: the exact inverse of taking it (R14), whatever turns were taken since.
 * Its number is used again only when it was the latest; else it stays a gap.
 */
export function refundTurn(state: PoolState, { turn, user, credit, previousTurn }: Turn): PoolState {
  const members: Record<string, MemberState> = {};
  for (const [id, { cw, lastAt }] of Object.entries(state.members)) {
    members[id] = {
      cw: exact(cw - (credit[id] ?? 0)),
      lastAt: id === user && lastAt === turn ? previousTurn : lastAt,
    };
  }
  return { members, turns: state.turns === turn ? turn - 1 : state.turns };
}

/**
 * The state after a turn that was planned on a copy is taken for real: the planned member gets it, whatever turns were
 * taken and given back meanwhile. Null when its number is gone.
 */
export function retakeTurn(state: PoolState, { turn, user, credit }: Turn): PoolState | null {
  if (turn <= state.turns) return null;
  const members: Record<string, MemberState> = {};
  for (const id of new Set([...Object.keys(state.members), ...Object.keys(credit), user])) {
    const { cw, lastAt } = memberState(state, id);
    members[id] = { cw: exact(cw + (credit[id] ?? 0)), lastAt: id === user ? turn : lastAt };
  }
  return { members, turns: turn };
}
