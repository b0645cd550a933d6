import type { Calendar } from '../calendars/calendar.ts';
import type { Duration } from '../calendars/schema.ts';
import type { NamedTest } from '../conditions/hidden-tests.ts';
import type { Fields } from '../../domain/record.ts';
import type { GeoSettings } from '../geography/schema.ts';
import type { AccountRules } from './match-account.ts';
import type { NamedAccounts } from './named-accounts.ts';
import type { Pool } from './pools/pool.ts';
import type { HandoffTask, StepName } from './schema.ts';
import type { Segments } from './segment-schema.ts';
import type { OwnerTarget, Target } from './target.ts';
import type { TerritoryLevel } from './territory-level.ts';

/** The key `routing`, compiled once for all leads. */
export type RoutingRules = {
  /** Null when the key is not there: then every queue's leads are routed, and nobody else's. */
  readonly intake: readonly OwnerTarget[] | null;
  /** The configured steps in the order to try them. */
  readonly steps: readonly StepName[];
  readonly recordOverride: { readonly field: string } | null;
  readonly stickyDuplicate: {
    readonly objects: readonly ('Lead' | 'Contact')[];
    readonly window: Duration;
  } | null;
  readonly namedAccounts: NamedAccounts | null;
  readonly accounts: AccountRules | null;
  readonly geo: GeoSettings;
  readonly segments: Segments;
  readonly freeEmailDomains: ReadonlySet<string>;
  readonly territories: TerritoryLevel;
  readonly pools: ReadonlyMap<string, Pool>;
  /** Ends in a queue. */
  readonly fallback: readonly Target[];
  /** How many of the last assignees a step must not give the lead back to (R18). */
  readonly excludePrevious: number;
  /** Own calendars of people, by user reference in lower case. */
  readonly personCalendars: ReadonlyMap<string, Calendar>;
  /** For whom neither person nor pool has one; null is open round the clock. */
  readonly defaultCalendar: Calendar | null;
  /** Every test of a field of leads that a territory asks. */
  readonly tests: readonly NamedTest[];
  /** Every reference to a user in the key, each once, as written. */
  readonly users: readonly string[];
  /** Templates by field. */
  readonly set: Fields;
  readonly handoff: { readonly task: HandoffTask | null; readonly alert: string | null };
};
