import { readMoment } from '../conditions/moment.ts';
import { isNamed } from './user-names.ts';

/**
 * Whether a value is what a test expects of the key. Null expects it to be absent, which an empty list or text is too.
 * Lists are compared whole, findings in any order; mappings by the keys that are expected; owners also by what stands
 * before the `@`; instants however they are written.
 */
export function matchesExpectation(key: string, expected: unknown, actual: unknown): boolean {
  if (expected === null) return isAbsent(actual);
  if (Array.isArray(expected)) return Array.isArray(actual) && matchesList(key, expected, actual);
  if (isMapping(expected)) {
    return (
      isMapping(actual) &&
      Object.entries(expected).every(([name, value]) => matchesExpectation(name, value, actual[name]))
    );
  }
  if (typeof expected !== 'string' || typeof actual !== 'string') return expected === actual;
  if (OWNER_KEYS.has(key)) return isNamed(actual, expected);
  return expected === actual || isSameInstant(expected, actual);
}

const OWNER_KEYS: ReadonlySet<string> = new Set(['owner', 'owners']);

function matchesList(key: string, expected: readonly unknown[], actual: readonly unknown[]): boolean {
  if (expected.length !== actual.length) return false;
  if (key === 'findings') return expected.every((finding) => actual.includes(finding));
  return expected.every((value, index) => matchesExpectation(key, value, actual[index]));
}

function isAbsent(actual: unknown): boolean {
  return actual === undefined || actual === null || actual === '' || (Array.isArray(actual) && actual.length === 0);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSameInstant(left: string, right: string): boolean {
  const [one, other] = [readMoment(left), readMoment(right)];
  return one !== null && other !== null && !one.isDay && !other.isDay && one.at === other.at;
}
