import { AppError } from '../../../domain/error.ts';
import type { Calendar } from '../../calendars/calendar.ts';
import { compileCondition } from '../../conditions/compile-condition.ts';
import type { Lists } from '../../conditions/operator.ts';
import { fold } from '../../text/fold.ts';
import { Person } from '../people-schema.ts';
import type { PoolDefaults, PoolSource } from '../pool-schema.ts';
import type { Pool } from './pool.ts';
import { exact } from './state.ts';

/** The parts of a configuration that pools are made of. */
export type PoolSources = {
  readonly pool_defaults: PoolDefaults;
  readonly people: Readonly<Record<string, Person>>;
  readonly pools: Readonly<Record<string, PoolSource>>;
};

/** What pools refer to. */
export type PoolContext = {
  readonly lists: Lists;
  readonly calendars: ReadonlyMap<string, Calendar>;
  /** For whom neither pool nor person names one; null is open round the clock. */
  readonly defaultCalendar: string | null;
};

const NO_FACTS = Person.parse({});

/**
 * The pools by name, with `pool_defaults` filled in and the facts about people joined to their memberships.
 * @throws AppError `E_CALENDAR_UNKNOWN`, `E_LIST_UNKNOWN` (fix-config).
 */
export function compilePools(sources: PoolSources, context: PoolContext): ReadonlyMap<string, Pool> {
  const people = new Map(Object.entries(sources.people).map(([user, person]) => [user.toLowerCase(), person]));
  return new Map(
    Object.entries(sources.pools).map(([name, source]) => [
      name,
      compilePool(name, withDefaults(source, sources.pool_defaults), people, context),
    ]),
  );
}

function compilePool(
  name: string,
  source: PoolSource,
  people: ReadonlyMap<string, Person>,
  context: PoolContext,
): Pool {
  const strategy = source.strategy ?? 'weighted_round_robin';
  const calendar = findCalendar(source.calendar, context) ?? findCalendar(context.defaultCalendar, context);
  const members = source.members.map(({ user, weight, cap }) => {
    const person = people.get(user.toLowerCase()) ?? NO_FACTS;
    return {
      user: user.toLowerCase(),
      weight: strategy === 'round_robin' ? 1 : exact(weight),
      cap: cap ?? source.cap ?? {},
      person,
      calendar: findCalendar(person.calendar, context) ?? calendar,
    };
  });
  const openLeads = source.open_leads ?? { IsConverted: false };
  return {
    name,
    strategy,
    members,
    calendar,
    outsideHours: source.outside_hours ?? 'wait',
    maxWait: source.max_wait ?? null,
    onExhausted: source.on_exhausted ?? null,
    openLeads: compileCondition(openLeads, context.lists),
    openLeadsKey: JSON.stringify(openLeads),
    excludePrevious: source.exclude_previous ?? 0,
    requirement: new Map(Object.entries(source.require ?? {}).map(([skill, values]) => [skill, foldAll(values)])),
    countsOpen: strategy === 'least_loaded' || members.some(({ cap }) => cap.open !== undefined),
    countsDay: members.some(({ cap }) => cap.day !== undefined),
  };
}

/** A pool's own settings win whole: `cap: {}` is no cap at all, not the default one (R17). */
function withDefaults(source: PoolSource, defaults: PoolDefaults): PoolSource {
  return { ...defaults, ...source };
}

function foldAll(values: readonly string[]): ReadonlySet<string> {
  return new Set(values.map(fold));
}

/**
 * The calendar of a name; null when there is no name.
 * @throws AppError `E_CALENDAR_UNKNOWN` (fix-config).
 */
export function findCalendar(name: string | null | undefined, { calendars }: PoolContext): Calendar | null {
  if (name === undefined || name === null) return null;
  const calendar = calendars.get(name);
  if (calendar !== undefined) return calendar;
  throw new AppError({
    code: 'E_CALENDAR_UNKNOWN',
    recovery: 'fix-config',
    message: `"${name}" is not a calendar`,
    mend: `name one of ${[...calendars.keys()].join(', ')}`,
  });
}
