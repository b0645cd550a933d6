/** A member's part of a pool's state. */
export type MemberState = {
  /** What the member is owed, in weights; 0 at the start (R13). */
  readonly cw: number;
  /** Number of the member's last turn in this pool, null before the first. */
  readonly lastAt: number | null;
};

/** What a pool remembers between picks: plain JSON, kept per pool. */
export type PoolState = {
  /**
   * By user id, so that a member keeps its turns however the configuration refers to it (F41), and no user name is
   * stored. A member without an entry starts at 0.
   */
  readonly members: Readonly<Record<string, MemberState>>;
  /** Number of turns taken. */
  readonly turns: number;
};

/** States by pool; a pool without an entry starts empty. */
export type PoolStates = ReadonlyMap<string, PoolState>;

export const EMPTY_POOL_STATE: PoolState = { members: {}, turns: 0 };

const NEW_MEMBER: MemberState = { cw: 0, lastAt: null };

/** A member's part of the state; new ones start at 0 (R15). */
export function memberState(state: PoolState, userId: string): MemberState {
  return state.members[userId] ?? NEW_MEMBER;
}

/** A sum of weights of at most six decimals, without the dust of binary fractions: 0.1 three times is 0.3. */
export function exact(weights: number): number {
  return Math.round(weights * 1e6) / 1e6;
}
