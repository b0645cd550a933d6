import type { ApiUsage } from './api-budget.ts';
import type { Instant } from './instant.ts';
import type { Lane } from './lane.ts';

/** What a replica tells the others, and asks for, in one exchange. */
export type CallNews = {
  /** By the org's clock. */
  readonly now: Instant;
  /** Calls that the ledger does not know yet; negative for those that were granted and not made. */
  readonly booked: ReadonlyMap<Lane, number>;
  /** Calls to be granted and booked at once, as long as all lanes together stay within `ceiling`, null for no bound. */
  readonly wanted: { readonly lane: Lane; readonly calls: number; readonly ceiling: number | null } | null;
  /** How many calls all replicas together may have in flight. */
  readonly places: number;
  readonly inside: number;
  readonly waiting: number;
  /** What the org told since the last exchange. */
  readonly usage: ApiUsage | null;
  /** The daily limit was `reached`, is `gone`, or we are `asking` to be the one that probes it. */
  readonly limit: 'reached' | 'asking' | 'gone' | null;
  /** How soon a limit that was reached may be probed, ms, where the org told; null where it did not. */
  readonly probeInMs: number | null;
};

export type CallStanding = {
  /** How many of the calls wanted may be made. */
  readonly granted: number;
  /** This replica's part of the places in flight; 0 until the others have made room. */
  readonly places: number;
  /** When the daily limit may be probed next, by the org's clock; null when it is not reached. */
  readonly probeAt: Instant | null;
  /** Whether this replica is the one that probes now. */
  readonly isProbe: boolean;
  /** What the org told any replica last. */
  readonly usage: ApiUsage | null;
  /** Booked calls of the last 24 hours, to the full hour. */
  readonly byLane: ReadonlyMap<Lane, number>;
};
