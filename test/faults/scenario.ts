/** What a scenario did that the org's state and log cannot tell. */
export type Scenario = {
  /** When the configuration was changed to another valid one, by the org's clock, ms. */
  readonly editedAt?: readonly number[];
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
  /** How long after a change it must have been asked for, ms (F25); no limit where waiting takes the org's clock on. */
  readonly mostLateMs?: number;
  /** What people changed and when by the org's clock, ms, for the time until its effect (I37). */
  readonly asked?: readonly { readonly id: string; readonly at: number }[];
  /** How often the daemon polled, ms. */
  readonly pollMs?: number;
};

/** The plainest: one run, nothing known. Haste is the greatest that any test uses, so that pauses are not misjudged. */
export const PLAIN: Required<Scenario> = {
  editedAt: [],
  redisLostAt: [],
  retriedAt: [],
  isSettled: true,
  isJudged: false,
  isFaultless: false,
  quietFrom: Number.POSITIVE_INFINITY,
  haste: 50,
  mostAtOnce: 5,
  mostLateMs: Number.POSITIVE_INFINITY,
  asked: [],
  pollMs: 200,
};
