import type { Instant } from '../../domain/instant.ts';
import type { Fields, FieldValue } from '../../domain/record.ts';
import { weekdays } from '../calendars/add-open.ts';
import type { Calendar } from '../calendars/calendar.ts';
import type { Lists, OperatorContext } from './operator.ts';
import { testName, type NamedTest } from './hidden-tests.ts';
import { operators } from './operators/operators.ts';
import type { Condition, FieldTest } from './schema.ts';

/** A condition, ready to be asked. */
export type Predicate = {
  /** Every field that the condition reads, each once, derived ones among them. */
  readonly fields: readonly string[];
  /** Whether it holds. A field without a key is blank. */
  readonly holds: (fields: Fields, now: Instant) => boolean;
  /** Every test of a field, also those inside `any`, `all` and `not`. */
  readonly tests: readonly NamedTest[];
  /** How each entry of the outermost mapping came out, in the order of the YAML. */
  readonly explain: (fields: Fields, now: Instant) => readonly EntryRuling[];
};

/** One entry of a condition and what it met. */
export type EntryRuling = {
  /** The field, or the reserved key `any`, `all` or `not`. */
  readonly field: string;
  /** What the YAML asks for. */
  readonly test: Condition[string];
  /** The field's value; null when it is blank, and for reserved keys. */
  readonly actual: FieldValue;
  readonly holds: boolean;
};

/**
 * Turns a condition that its schema has accepted into a predicate, once for all records.
 * @param calendar  on which `older_than: 3bd` counts
 * @throws AppError `E_LIST_UNKNOWN` (fix-config) when it names a list that there is not.
 */
export function compileCondition(condition: Condition, lists: Lists, calendar: Calendar = weekdays): Predicate {
  const entries = Object.entries(condition).map(([key, test]) => compileEntry(key, test, lists, calendar));
  return {
    fields: [...new Set(entries.flatMap((entry) => entry.fields))],
    tests: entries.flatMap((entry) => entry.tests),
    holds: (fields, now) => entries.every((entry) => entry.holds(fields, now)),
    explain: (fields, now) =>
      entries.map(({ key, test, holds }) => ({
        field: key,
        test,
        actual: present(fields[key]),
        holds: holds(fields, now),
      })),
  };
}

type Entry = {
  readonly key: string;
  readonly test: Condition[string];
  readonly fields: readonly string[];
  readonly tests: readonly NamedTest[];
  readonly holds: (fields: Fields, now: Instant) => boolean;
};

function compileEntry(key: string, test: Condition[string], lists: Lists, calendar: Calendar): Entry {
  if (key === 'not') {
    const inner = compileCondition(test as Condition, lists, calendar);
    const { fields: read, tests } = inner;
    return { key, test, fields: read, tests, holds: (fields, now) => !inner.holds(fields, now) };
  }
  if (key !== 'any' && key !== 'all') return compileFieldEntry(key, test as FieldTest, lists, calendar);
  const parts = (test as readonly Condition[]).map((part) => compileCondition(part, lists, calendar));
  const known = {
    key,
    test,
    fields: parts.flatMap((part) => part.fields),
    tests: parts.flatMap((part) => part.tests),
  };
  if (key === 'any') return { ...known, holds: (fields, now) => parts.some((part) => part.holds(fields, now)) };
  return { ...known, holds: (fields, now) => parts.every((part) => part.holds(fields, now)) };
}

function compileFieldEntry(field: string, test: FieldTest, lists: Lists, calendar: Calendar): Entry {
  const { if_blank: ifBlank, case: letterCase, ...named } = asOperators(test);
  const context: OperatorContext = { lists, calendar, isCaseSensitive: letterCase === 'sensitive' };
  const compiled = Object.entries(named).map(([name, raw]) => compileOperator(name, raw, context));
  const onBlank = typeof ifBlank === 'boolean' ? ifBlank : compiled.every((operator) => operator.onBlank);
  const name = testName(field, test);
  const isTimed = 'older_than' in named || 'newer_than' in named;
  const holds = (fields: Fields, now: Instant): boolean => {
    const recorded = fields[name];
    if (typeof recorded === 'boolean') return recorded;
    const value = present(fields[field]);
    return value === null ? onBlank : compiled.every((operator) => operator.passes(value, now));
  };
  return { key: field, test, fields: [field], tests: [{ field, name, isTimed, holds }], holds };
}

function compileOperator(name: string, raw: unknown, context: OperatorContext) {
  // The schema lets no other name pass.
  const operator = operators[name]!;
  const argument = operator.argument.parse(raw);
  return { onBlank: operator.onBlank(argument), passes: operator.compile(argument, context) };
}

function asOperators(test: FieldTest): Readonly<Record<string, unknown>> {
  if (typeof test !== 'object') return { is: test };
  return isList(test) ? { in: test } : test;
}

function isList(test: FieldTest): test is readonly (string | number | boolean)[] {
  return Array.isArray(test);
}

/** The value, or null when it is blank or was not read (F9, F10). */
function present(value: FieldValue | undefined): FieldValue {
  if (value === undefined || (typeof value === 'string' && value.trim() === '')) return null;
  return value;
}
