import { LANES, type Lane } from './lane.ts';

/** `api_budget` of the configuration (F43). */
export type ApiBudget = {
  /** Ceiling for our own calls in a rolling 24 hours, over all replicas; null without one. */
  readonly dailyCalls: number | null;
  /** Share of the org's allocation, 0 to 1: with less left only the first two lanes call. */
  readonly keepFree: number;
};

/** What no configuration has bounded yet. */
export const UNBOUNDED: ApiBudget = { dailyCalls: null, keepFree: 0 };

/** The org's own allocation of API calls in 24 hours, as an answer told it; shared by all clients, not monotonic. */
export type ApiUsage = { readonly used: number; readonly limit: number };

/** How the calls stand now. */
export type BudgetStanding = {
  /** Our calls of the last 24 hours over all replicas, by lane. */
  readonly byLane: ReadonlyMap<Lane, number>;
  readonly budget: ApiBudget;
  /** Null before the first answer. */
  readonly org: ApiUsage | null;
  /** The lanes that may not call now. */
  readonly held: readonly Lane[];
};

/** Salesforce's figure comes from one of many servers: a lane is let go on only when it is this much better, calls or share. */
const JITTER_CALLS = 6;
const JITTER_SHARE = 0.005;

/** How many calls all lanes together may have made for this one to make another; null without a bound (F43). */
export function ceilingOf(lane: Lane, { dailyCalls }: ApiBudget): number | null {
  if (dailyCalls === null || lane === 'routing') return dailyCalls;
  return dailyCalls - Math.ceil(dailyCalls / 10);
}

/** Whether the org has so little left that only the first two lanes may call. @param wasLow  at the answer before */
export function isOrgLow(org: ApiUsage | null, { keepFree }: ApiBudget, wasLow: boolean): boolean {
  if (org === null || org.limit <= 0) return false;
  const left = (org.limit - org.used) / org.limit;
  const margin = wasLow ? Math.max(JITTER_SHARE, JITTER_CALLS / org.limit) : 0;
  return left < keepFree + (keepFree === 0 ? 0 : margin);
}

/** The lanes that may not call, in their order. @param spent  our calls of the last 24 hours */
export function heldLanes(spent: number, isLow: boolean, budget: ApiBudget): readonly Lane[] {
  return LANES.filter((lane, rank) => {
    const ceiling = ceilingOf(lane, budget);
    return (ceiling !== null && spent >= ceiling) || (isLow && rank >= 2);
  });
}

/** By how much polls stretch so that the rest lasts: 1 up to 80 % of what may be used, then 2 to 8 (D10). */
export function stretchOf({ byLane, budget, org }: Pick<BudgetStanding, 'byLane' | 'budget' | 'org'>): number {
  const { dailyCalls, keepFree } = budget;
  const own = dailyCalls === null ? 0 : sumOf(byLane) / dailyCalls;
  const shared = org === null || org.limit <= 0 ? 0 : org.used / (org.limit * Math.max(1 - keepFree, 0.01));
  const share = Math.max(own, shared);
  return share < 0.8 ? 1 : Math.min(2 ** (1 + (share - 0.8) * 10), 8);
}

export function sumOf(byLane: ReadonlyMap<Lane, number>): number {
  return [...byLane.values()].reduce((sum, calls) => sum + calls, 0);
}
