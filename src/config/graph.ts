import { segmentProblems } from '../rules/routing/segments.ts';
import { conditionUses, testsIn } from './condition-uses.ts';
import { DERIVED_NAMES, isDerived } from './derived-names.ts';
import { lintRouting } from './lint.ts';
import type { Located } from './located.ts';
import type { Path } from './located-yaml.ts';
import { poolCycles } from './pool-chains.ts';
import type { Problem } from './problem.ts';
import { problemAt, suggestion } from './problem.ts';
import type { Reference } from './references.ts';
import { references } from './references.ts';
import type { ReadableConfig } from './schema.ts';

/**
 * What only shows when sections are seen together, without an org: names that nothing defines, chains and segments
 * that do not close (F5, level `graph`). A section that cannot be read is left out, and so are references to it.
 */
export function checkGraph(config: ReadableConfig, located: Located): readonly Problem[] {
  return [
    ...unknownReferences(config, located),
    ...unknownDerivedNames(config, located),
    ...(config.routing ? [...poolCycles(config.routing, located), ...lintRouting(config.routing, located)] : []),
    ...segmentFaults(config, located),
    ...tasksWithoutKey(config, located),
    ...emptyLists(config, located),
  ];
}

type Definitions = { readonly code: string; readonly what: string; readonly names: readonly string[] };

function unknownReferences(config: ReadableConfig, located: Located): readonly Problem[] {
  // What is defined counts even where the definition is wrong: that is a problem of its own.
  const definitions: Partial<Record<Reference['kind'], Definitions>> = {
    calendar: { code: 'E_CALENDAR_UNKNOWN', what: 'a calendar', names: keysAt(located, ['calendars']) },
    list: { code: 'E_LIST_UNKNOWN', what: 'a list', names: keysAt(located, ['lists']) },
    alert: { code: 'E_ALERT_UNKNOWN', what: 'an alert', names: keysAt(located, ['alerts']) },
    pool: { code: 'E_POOL_UNKNOWN', what: 'a pool', names: keysAt(located, ['routing', 'pools']) },
  };
  return references(config).flatMap(({ kind, name, path, part }) => {
    const definition = definitions[kind];
    if (definition === undefined || definition.names.includes(name)) return [];
    const message = `"${name}" is not ${definition.what}${suggestion(name, definition.names)}`;
    return [problemAt(located.locate(path, part), definition.code, message)];
  });
}

function keysAt(located: Located, path: Path): readonly string[] {
  const value = located.valueAt(path);
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

/** Names of F13 need no org to be checked: they are ours. */
function unknownDerivedNames(config: ReadableConfig, located: Located): readonly Problem[] {
  const named = conditionUses(config).flatMap(({ condition, path }) =>
    testsIn(condition, path).map(({ field, fieldPath }) => ({ field, place: located.locate(fieldPath, 'key') })),
  );
  const required = (config.qualification?.require_data?.fields ?? []).map((field, index) => {
    return { field, place: located.locate(['qualification', 'require_data', 'fields', index]) };
  });
  return [...named, ...required].flatMap(({ field, place }) => {
    if (!isDerived(field) || DERIVED_NAMES.includes(field)) return [];
    const message = `"${field}" is neither a derived name nor a field of the org${suggestion(field, DERIVED_NAMES)}`;
    return [problemAt(place, 'E_FIELD_UNKNOWN', message)];
  });
}

function segmentFaults({ routing }: ReadableConfig, located: Located): readonly Problem[] {
  return segmentProblems(routing?.segments ?? {}).map(({ code, segments, message }) => {
    const path = ['routing', 'segments', ...segments.slice(-1)];
    return problemAt(located.locate(path, 'key'), code, `routing.segments: ${message}`);
  });
}

/** A task is made once because its key is unique in the org (F38a). */
function tasksWithoutKey(config: ReadableConfig, located: Located): readonly Problem[] {
  const { write, routing, contact_roles: roles, sla } = config;
  if (write === undefined || write.task_key !== null) return [];
  const actions = (sla?.policies ?? []).flatMap((policy, index) =>
    (['on_warn', 'on_breach'] as const).flatMap((step) =>
      policy[step].flatMap(({ task }, action): readonly Path[] =>
        task === undefined ? [] : [['sla', 'policies', index, step, action, 'task']],
      ),
    ),
  );
  const tasks: readonly Path[] = [
    ...(routing?.handoff.task === undefined ? [] : [['routing', 'handoff', 'task']]),
    ...(roles?.task === undefined ? [] : [['contact_roles', 'task']]),
    ...actions,
  ];
  return tasks.map((path) => {
    const message = `${path.join('.')} makes tasks, but write.task_key is missing: name a unique external id of Activity`;
    return problemAt(located.locate(path, 'key'), 'E_MISSING_KEY', message);
  });
}

function emptyLists({ lists = {} }: ReadableConfig, located: Located): readonly Problem[] {
  return Object.entries(lists).flatMap(([name, { values, isPresent }]) => {
    if (!isPresent || values.length > 0) return [];
    return [problemAt(located.locate(['lists', name], 'key'), 'W_LIST_EMPTY', `the list "${name}" has no entries`)];
  });
}
