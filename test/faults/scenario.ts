import { EXAMPLE_IN_FORCE, type InForce } from './desired-config.ts';

/** What a scenario did that the org's state and log cannot tell. */
export type Scenario = {
  /** The valid configurations that have come one after the other, at least one; the last is in force. */
  readonly configs?: readonly InForce[];
  /** When Redis lost what it held, by the org's clock, ms: turns that were not written yet are taken again (I7). */
  readonly redisLostAt?: readonly number[];
  /** When all dead letters were handed to the workers again, by the org's clock, ms. */
  readonly retriedAt?: readonly number[];
  /** Whether the scenario lets every record get to its end; false when a fault still stands. */
  readonly isSettled?: boolean;
  /** Whether every lead and deal is one for which `desired-leads.ts` and `desired-committees.ts` can tell what is right. */
  readonly isJudged?: boolean;
  /** Whether nothing went wrong and nobody but the daemon did anything: then it is held to its budget of calls (I20). */
  readonly isFaultless?: boolean;
  /** Place in the log from which on nobody but the daemon did anything and it had nothing left to do (I11). */
  readonly quietFrom?: number;
  /** How many times as fast as real time the daemon's timers ran. */
  readonly haste?: number;
  /** How many calls may be under way at a time, over all replicas (I22). */
  readonly mostAtOnce?: number;
  /**
   * Until when the org's clock ran with the real time, ms: in a scenario that lets it leap, while a daemon waits or by
   * itself, nobody can ask for a change within minutes (F25).
   */
  readonly timedUntil?: number;
  /** What people changed and when by the org's clock, ms, for the time until its effect (I37). */
  readonly asked?: readonly { readonly id: string; readonly at: number }[];
  /** How often the daemon polled, ms. */
  readonly pollMs?: number;
};

/** The plainest: one run, nothing known. Haste is the greatest that any test uses, so that pauses are not misjudged. */
export const PLAIN: Required<Scenario> = {
  configs: EXAMPLE_IN_FORCE,
  redisLostAt: [],
  retriedAt: [],
  isSettled: true,
  isJudged: false,
  isFaultless: false,
  quietFrom: Number.POSITIVE_INFINITY,
  haste: 50,
  mostAtOnce: 5,
  timedUntil: Number.NEGATIVE_INFINITY,
  asked: [],
  pollMs: 200,
};
