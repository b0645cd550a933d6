import type { Located } from '../config/located.ts';
import type { Place } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import type { Instant } from '../domain/instant.ts';
import { runTest } from '../rules/expectations/run-test.ts';
import type { TestResult } from '../rules/expectations/run-test.ts';
import { compileRulebook } from '../rules/rulebook.ts';

/** A test's result and where the test stands. */
export type PlacedResult = TestResult & { readonly place: Place };

/** Runs the `tests:` of a configuration, in their order. Rules of a module that is off are tested as well. */
export function runConfigTests(config: Config, located: Located, now: Instant): readonly PlacedResult[] {
  const rulebook = compileRulebook(withAllModules(config), null);
  return config.tests.map((test, index) => ({
    ...runTest(test, rulebook, now),
    place: located.locate(['tests', index]),
  }));
}

/** The results as lines: one per test, what was expected and what came below a failed one, and the count. */
export function printResults(results: readonly PlacedResult[]): readonly string[] {
  if (results.length === 0) return ['no tests'];
  const failed = results.filter(({ passed }) => !passed).length;
  return [...results.flatMap(printResult), `${results.length - failed} passed, ${failed} failed`];
}

/** A result as programs read it. */
export type PrintedResult = Omit<TestResult, 'message'> & {
  /** `file:line` */
  readonly place: string;
  readonly file: string;
  readonly line: number;
  /** Why the rules could not be asked. */
  readonly message: string | null;
};

/** The results for `--json`. */
export function describeResults(results: readonly PlacedResult[]): readonly PrintedResult[] {
  return results.map(({ place: { file, line }, name, passed, expected, actual, message }) => ({
    name,
    place: `${file}:${line}`,
    file,
    line,
    passed,
    expected,
    actual,
    message,
  }));
}

function printResult({ place, name, passed, expected, actual, message }: PlacedResult): readonly string[] {
  const heading = `${place.file}:${place.line} ${passed ? 'passed' : 'failed'} ${name}`;
  if (message !== null) return [heading, `  ${message}`];
  const differences = Object.entries(expected).map(
    ([key, wanted]) => `  ${key}: expected ${JSON.stringify(wanted)}, came ${JSON.stringify(actual[key])}`,
  );
  return [heading, ...differences];
}

function withAllModules(config: Config): Config {
  return {
    ...config,
    qualification: switchedOn(config.qualification),
    routing: switchedOn(config.routing),
    contact_roles: switchedOn(config.contact_roles),
    opportunity_criteria: switchedOn(config.opportunity_criteria),
    sla: switchedOn(config.sla),
  };
}

function switchedOn<Module extends { readonly mode: string }>(module: Module | null): Module | null {
  return module === null ? null : { ...module, mode: 'observe' };
}
