import type { Instant } from '../../domain/instant.ts';
import { writeInstant } from '../../domain/instant.ts';
import type { Rulebook } from '../rulebook.ts';
import { matchesExpectation } from './matches-expectation.ts';
import type { RuleTest } from './schema.ts';
import type { Answer } from './subject.ts';
import { askDue } from './subjects/due.ts';
import { askLead } from './subjects/lead.ts';
import { askOpportunity } from './subjects/opportunity.ts';
import { askPool } from './subjects/pool.ts';
import { askSla } from './subjects/sla.ts';

/** How one test came out. Instants are ISO texts. */
export type TestResult = {
  readonly name: string;
  readonly passed: boolean;
  /** The keys of `expect` that were not met; empty when it passed. */
  readonly expected: Readonly<Record<string, unknown>>;
  /** What came for the same keys. */
  readonly actual: Readonly<Record<string, unknown>>;
  /** Why the rules could not be asked; null when they were. */
  readonly message: string | null;
};

/**
 * Runs one of the rules' own examples on the deciders that the daemon uses. Pool state is empty, and nobody has a lead
 * but those whom the test says to have some.
 * @param now  for a test without `at`
 */
export function runTest(test: RuleTest, rulebook: Rulebook, now: Instant): TestResult {
  const answer = ask(test, rulebook, test.at ?? now);
  const expected = Object.entries(test.expect).filter(([, value]) => value !== undefined);
  if ('unanswered' in answer) {
    return { name: test.name, passed: false, expected: shown(expected), actual: {}, message: answer.unanswered };
  }
  const { values } = answer;
  const unmet = expected.filter(([key, value]) => !matchesExpectation(key, value, values[key]));
  const actual = unmet.map(([key]) => [key, values[key] ?? null] as const);
  return {
    name: test.name,
    passed: unmet.length === 0,
    expected: shown(unmet),
    actual: shown(actual),
    message: null,
  };
}

function ask(test: RuleTest, rulebook: Rulebook, now: Instant): Answer {
  if ('lead' in test) return askLead(test, rulebook, now);
  if ('opportunity' in test) return askOpportunity(test, rulebook, now);
  if ('pool' in test) return askPool(test, rulebook, now);
  if ('due' in test) return askDue(test, rulebook);
  return askSla(test, rulebook, now);
}

/** Keys whose numbers are instants. */
const INSTANT_KEYS: ReadonlySet<string> = new Set(['at', 'wait_until', 'due', 'warn', 'reassign', 'window_ends']);

function shown(entries: readonly (readonly [string, unknown])[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      typeof value === 'number' && INSTANT_KEYS.has(key) ? writeInstant(value) : value,
    ]),
  );
}
