import type { Instant } from '../../domain/instant.ts';
import type { Fields, User } from '../../domain/record.ts';
import type { Geography } from '../geography/resolve-geography.ts';
import type { Skipped } from './pools/pick-from-pool.ts';
import type { PoolStates } from './pools/state.ts';
import type { Turn } from './pools/turn.ts';
import type { StepName } from './schema.ts';

/** How one step of the precedence came out, and why (R1). */
export type StepLog = {
  readonly step: StepName | 'fallback';
  readonly verdict: 'yielded' | 'passed';
  readonly reason: string;
};

/** Who gets the lead, and why. */
export type RouteRuling = {
  /** `owned`: it is somebody's and stays so (R22). `waiting`: for opening hours, the owner unchanged (R11). */
  readonly result: 'assigned' | 'waiting' | 'owned';
  /** The step that yielded; null when the lead is owned. */
  readonly route: StepName | 'fallback' | null;
  /** Null unless assigned. */
  readonly owner:
    | { readonly kind: 'user'; readonly user: User }
    | { readonly kind: 'queue'; readonly queue: string }
    | null;
  readonly waitUntil: Instant | null;
  /** Path of the territory that the lead belongs to, also when another step yielded; null for none. */
  readonly territory: string | null;
  /** Path of the deepest territory entered, also one that assigns nobody (R6). */
  readonly matchedPath: string | null;
  /** The pool that assigned or in which the lead waits; null for none. */
  readonly pool: string | null;
  /** The turn that was taken; the caller keeps it until the write is confirmed or refunded (R14). */
  readonly turn: Turn | null;
  /** The pools that changed (R19). */
  readonly states: PoolStates;
  /** In one text: `emea/nordics`, `exhausted:dach>global-triage`, … */
  readonly reason: string;
  readonly steps: readonly StepLog[];
  /** The pools that were asked, in order. */
  readonly asked: readonly string[];
  /** Who of the pools asked did not get it. */
  readonly skipped: readonly Skipped[];
  readonly findings: readonly string[];
  /** What to write besides the owner, rendered; empty unless assigned. */
  readonly set: Fields;
  /** Keys of `set` that hold the time of the decision. They alone are no reason to write. */
  readonly stamps: readonly string[];
  readonly geo: Geography;
  /** The fields that the rules saw, derived ones among them. */
  readonly fields: Fields;
};
