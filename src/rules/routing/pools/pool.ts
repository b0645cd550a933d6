import type { Calendar } from '../../calendars/calendar.ts';
import type { Duration } from '../../calendars/schema.ts';
import type { Predicate } from '../../conditions/compile-condition.ts';
import type { Person } from '../people-schema.ts';
import type { Cap, StrategyName } from '../pool-schema.ts';
import type { Target } from '../target.ts';

/** One person's place in a pool, with what is true of the person in every pool. */
export type Member = {
  /** The reference of the configuration in lower case. */
  readonly user: string;
  /** Above 0; at most six decimals. */
  readonly weight: number;
  readonly cap: Cap;
  readonly person: Person;
  /** Own, else the pool's, else the org's default; null is open round the clock. */
  readonly calendar: Calendar | null;
};

/** A pool with its defaults filled in. */
export type Pool = {
  readonly name: string;
  readonly strategy: StrategyName;
  /** In the order of the file. */
  readonly members: readonly Member[];
  /** Whose midnight starts the day of `cap.day`; null is UTC. */
  readonly calendar: Calendar | null;
  readonly outsideHours: 'wait' | 'next' | 'assign_anyway';
  /** Elapsed; null waits as long as it takes. */
  readonly maxWait: Duration | null;
  /** Null when the chain ends here: the routing's fallback goes on. */
  readonly onExhausted: Target | null;
  readonly openLeads: Predicate;
  /** Equal for pools whose open leads are counted alike. */
  readonly openLeadsKey: string;
  readonly excludePrevious: number;
  /** Skill to the values of which one is enough, folded. */
  readonly requirement: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether a decision needs the members' open leads. */
  readonly countsOpen: boolean;
  /** Whether a decision needs the members' assignments of the day. */
  readonly countsDay: boolean;
};

/** All pools by name. */
export type PoolRules = { readonly pools: ReadonlyMap<string, Pool> };
