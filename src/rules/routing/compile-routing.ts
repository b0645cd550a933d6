import type { Calendar } from '../calendars/calendar.ts';
import { compileCondition } from '../conditions/compile-condition.ts';
import type { Lists } from '../conditions/operator.ts';
import { GeoSettings } from '../geography/schema.ts';
import { FREE_EMAIL_LIST } from '../qualification/compile-qualification.ts';
import { indexNamedAccounts } from './named-accounts.ts';
import type { ListRows } from './named-accounts.ts';
import { compilePools, findCalendar } from './pools/compile-pools.ts';
import type { RoutingRules } from './routing-rules.ts';
import { STEP_NAMES } from './schema.ts';
import { usersNamed } from './users-named.ts';
import type { Routing, StepName } from './schema.ts';
import { compileTerritories, territoryTests } from './territories.ts';

/** What routing refers to in the rest of the configuration. */
export type RoutingContext = {
  readonly lists: Lists;
  /** Lists with columns, by name: the rows of each. */
  readonly rows?: ReadonlyMap<string, ListRows>;
  readonly calendars: ReadonlyMap<string, Calendar>;
  /** `org.default_calendar`; left out: whoever has no calendar works round the clock. */
  readonly defaultCalendar?: string | null;
  /** `qualification.geo`; left out: the standard fields of an address. */
  readonly geo?: GeoSettings;
};

/**
 * Turns the key `routing` into rules, once for all leads.
 * @throws AppError `E_CALENDAR_UNKNOWN`, `E_LIST_UNKNOWN` (fix-config) for names that there are not.
 */
export function compileRouting(source: Routing, context: RoutingContext): RoutingRules {
  const { lists, rows = new Map(), calendars, defaultCalendar = null, geo = GeoSettings.parse({}) } = context;
  const {
    record_override: override,
    sticky_duplicate: sticky,
    named_account: named,
    matched_account: matched,
  } = source;
  const namedRows = (named && rows.get(named.list)) ?? [];
  const people = { lists, calendars, defaultCalendar };
  return {
    intake: source.intake ?? null,
    steps: source.precedence ?? STEP_NAMES.filter((step) => isConfigured(source, step)),
    recordOverride: override ?? null,
    stickyDuplicate: sticky === undefined ? null : { objects: sticky.objects, window: sticky.window },
    namedAccounts: named === undefined ? null : { matchOn: named.match_on, byDomain: indexNamedAccounts(namedRows) },
    accounts:
      matched === undefined
        ? null
        : {
            keys: matched.keys,
            acceptScore: matched.accept_score,
            ignoredDomains: lists.get(matched.ignore_domains ?? FREE_EMAIL_LIST) ?? new Set(),
            where: compileCondition(matched.where, lists),
            tiebreak: matched.tiebreak,
          },
    geo,
    segments: source.segments,
    freeEmailDomains: lists.get(FREE_EMAIL_LIST) ?? new Set(),
    territories: compileTerritories(source.territories, lists),
    pools: compilePools(source, people),
    fallback: source.fallback,
    excludePrevious: source.pool_defaults.exclude_previous ?? 0,
    personCalendars: new Map(
      Object.entries(source.people).flatMap(([user, { calendar: name }]) => {
        const calendar = findCalendar(name, people);
        return calendar === null ? [] : [[user.toLowerCase(), calendar] as const];
      }),
    ),
    defaultCalendar: findCalendar(defaultCalendar, people),
    tests: source.territories.flatMap((territory) => territoryTests(territory, lists)),
    users: [...new Set(usersNamed(source, namedRows))],
    set: source.set,
    handoff: { task: source.handoff.task ?? null, alert: source.handoff.alert ?? null },
  };
}

function isConfigured(source: Routing, step: StepName): boolean {
  return step === 'territory' || source[step] !== undefined;
}
