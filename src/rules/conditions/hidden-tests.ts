import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import type { FieldTest } from './schema.ts';

/** One test of one field, as a condition asks it. */
export type NamedTest = {
  readonly field: string;
  /** What `testName` gives for it. */
  readonly name: string;
  /** Whether the outcome changes with time alone. */
  readonly isTimed: boolean;
  readonly holds: (fields: Fields, now: Instant) => boolean;
};

/**
 * Under which the outcome of a test stands beside the fields of a decision whose values are hidden (F39). The blank in
 * it keeps it apart from every name of a field.
 */
export function testName(field: string, test: FieldTest): string {
  return `${field} ${JSON.stringify(test)}`;
}

/** What `log.redact` hides: the fields of these names, on whatever path, and what is derived from nothing else. */
export function hiddenFields(redact: readonly string[]): ReadonlySet<string> {
  return new Set([...redact, ...redact.flatMap((name) => DERIVED_FROM[name] ?? [])]);
}

/** Whether a field, a relationship path among them, is one of the hidden. */
export function isHidden(field: string, hidden: ReadonlySet<string>): boolean {
  return hidden.has(field) || hidden.has(field.slice(field.lastIndexOf('.') + 1));
}

/**
 * How the tests come out, by `testName`, that the values alone do not tell: those of hidden fields, which nobody can ask
 * again, and those of ages, so that decisions with the same input are the same (F40).
 */
export function outcomesToKeep(
  tests: readonly NamedTest[],
  fields: Fields,
  hidden: ReadonlySet<string>,
  now: Instant,
): Readonly<Record<string, boolean>> {
  const asked = tests.filter(({ field, isTimed }) => isTimed || isHidden(field, hidden));
  return Object.fromEntries(asked.map(({ name, holds }) => [name, holds(fields, now)]));
}

const DERIVED_FROM: Readonly<Record<string, readonly string[]>> = {
  Company: ['company.norm'],
  // A domain may be a family's name.
  Email: ['email.domain'],
  Name: ['company.norm'],
  Website: ['web.domain'],
};
