import { z } from 'zod';

import type { Path } from './located-yaml.ts';
import type { Problem } from './problem.ts';
import { nearestName, problemAt, suggestion } from './problem.ts';
import type { Located } from './located.ts';

type Issue = z.core.$ZodIssue;

/** A problem of the schema, still by path. */
type Finding = {
  readonly path: Path;
  readonly part: 'key' | 'value';
  readonly code: string;
  readonly message: string;
};

/** What came of a section; one that cannot be read has no value. */
export type SectionReading<Value> = { readonly problems: readonly Problem[] } & (
  | { readonly isReadable: true; readonly value: Value }
  | { readonly isReadable: false }
);

/** Problems with the shape of a value; it is left out before the rest is looked at. Others judge a well-formed value. */
const SHAPE_CODES: ReadonlySet<string> = new Set([
  'E_VALUE',
  'E_UNKNOWN_KEY',
  'E_MISSING_KEY',
  'E_FIELD_UNKNOWN',
  'E_DURATION',
]);

const MAX_ROUNDS = 8;

/**
 * Checks one section. Where it has mistakes, the value is still given if it can be read without the parts at fault,
 * so that later checks tell what else is wrong: all problems come at once (F6).
 */
export function readSection<Value>(
  schema: z.ZodType<Value>,
  source: unknown,
  base: Path,
  located: Located,
): SectionReading<Value> {
  const findings: Finding[] = [];
  let rest = source;
  // Leaving out a whole mapping can make other parts look wrong; then only the first look is told.
  let isFaithful = true;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { value, issues } = parse(schema, rest);
    const found = issues.flatMap((issue) => findingsOf(issue, base));
    findings.push(...found.filter(({ code }) => round === 0 || (isFaithful && !SHAPE_CODES.has(code))));
    const faults = found.filter(({ code }) => SHAPE_CODES.has(code));
    if (faults.length === 0) return { isReadable: true, value: value as Value, problems: placed(findings, located) };
    const durations = faults.filter(({ code }) => code === 'E_DURATION').map(({ path }) => path.slice(base.length));
    const others = faults
      .filter(({ code }) => code !== 'E_DURATION')
      .map(({ path }) => keyPath(path.slice(base.length)));
    if (others.some((path) => path.length === 0)) break;
    isFaithful &&= others.every(
      (path) => !isCollection(valueIn(rest, path)) || isUnknownKey(found, [...base, ...path]),
    );
    rest = mended(rest, others, durations);
  }
  return { isReadable: false, problems: placed(findings, located) };
}

/** As zod's safeParse, but the value comes along when nothing but judgements is against it. */
function parse(schema: z.ZodType, source: unknown): { readonly value: unknown; readonly issues: readonly Issue[] } {
  const context = { async: false, error: nameUnknownKeys, reportInput: true };
  // oxlint-disable-next-line no-underscore-dangle -- the name under which zod offers this to libraries
  const payload = schema._zod.run({ value: source, issues: [] }, context);
  if (payload instanceof Promise) throw new TypeError('the schemas of the configuration are synchronous');
  const issues = payload.issues.map((issue) => z.core.util.finalizeIssue(issue, context, z.config()));
  return { value: payload.value, issues };
}

function placed(findings: readonly Finding[], located: Located): readonly Problem[] {
  return findings.map(({ path, part, code, message }) => problemAt(located.locate(path, part), code, message));
}

/** The entry of a mapping that holds what is at the path: entries of lists cannot be left out without moving others. */
function keyPath(path: Path): Path {
  return path.slice(0, path.findLastIndex((step) => typeof step === 'string') + 1);
}

function isUnknownKey(found: readonly Finding[], path: Path): boolean {
  return found.some(({ code, path: other }) => code === 'E_UNKNOWN_KEY' && other.join('\n') === path.join('\n'));
}

function isCollection(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** An empty message marks an issue that has no words of its own: `describe` finds some when the whole path is known. */
function nameUnknownKeys(issue: z.core.$ZodRawIssue): string {
  if (issue.code !== 'unrecognized_keys') return '';
  const schema: unknown = issue.inst;
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  return (issue['keys'] as readonly string[]).map((key) => `unknown key "${key}"${suggestion(key, known)}`).join('\n');
}

function findingsOf(issue: Issue, base: Path): readonly Finding[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n');
    return issue.keys.map((key, index) => ({
      path: [...path, key],
      part: 'key',
      code: 'E_UNKNOWN_KEY',
      message: messages[index] ?? '',
    }));
  }
  if (issue.input === undefined && 'input' in issue && path.length > 0) {
    const message = `"${String(path.at(-1))}" is missing under ${dotted(path.slice(0, -1))}`;
    return [{ path: path.slice(0, -1), part: 'key', code: 'E_MISSING_KEY', message }];
  }
  if (issue.code === 'invalid_union') {
    const branch = likeliestBranch(issue.errors);
    if (branch !== null) return branch.flatMap((inner) => findingsOf(inner, path));
  }
  if (issue.code === 'custom') {
    const code = typeof issue.params?.['code'] === 'string' ? issue.params['code'] : 'E_VALUE';
    const part = code === 'E_UNKNOWN_KEY' || code === 'E_FIELD_UNKNOWN' ? 'key' : 'value';
    return [{ path, part, code, message: `${dotted(path)}: ${issue.message || 'is not allowed'}` }];
  }
  const part = issue.code === 'invalid_key' ? 'key' : 'value';
  return [{ path, part, code: 'E_VALUE', message: describe(issue, path) }];
}

/** The alternative that was probably meant: the right kind of node, with the fewest issues; null when none stands out. */
function likeliestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const ofRightKind = branches.filter((issues) =>
    issues.every(({ path, code }) => path.length > 0 || code !== 'invalid_type'),
  );
  const fewest = Math.min(...ofRightKind.map(weight));
  const best = ofRightKind.filter((issues) => weight(issues) === fewest);
  return best.length === 1 ? (best[0] ?? null) : null;
}

/** A key too many or too few at the top says more about the wrong alternative than any mistake further down. */
function weight(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => {
    if (issue.code === 'unrecognized_keys') return sum + issue.keys.length * (issue.path.length === 0 ? 10 : 1);
    return sum + (issue.path.length === 1 && issue.input === undefined ? 10 : 1);
  }, 0);
}

function describe(issue: Issue, path: Path): string {
  const name = dotted(path);
  if (issue.message !== '') return `${name}: ${issue.message}`;
  const is = `${name} is ${shown(issue.input)}`;
  switch (issue.code) {
    case 'invalid_type':
      return `${is}, expected ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `${is}, expected ${oneOf(issue.input, issue.values)}`;
    case 'too_small':
      if (issue.origin === 'string') return `${name} must not be empty`;
      if (issue.origin === 'array') return `${name} needs at least ${issue.minimum} entries`;
      return `${is}, below the minimum ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'array') return `${name} takes at most ${issue.maximum} entries`;
      return `${is}, above the maximum ${issue.maximum}`;
    case 'invalid_format':
      return `${is}, expected ${issue.format === 'date' ? 'a date like 2026-10-01' : `the form of ${issue.format}`}`;
    default:
      return `${is}, which is not allowed here`;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  tuple: 'a list',
};

function oneOf(input: unknown, values: readonly unknown[]): string {
  const names = values.map(String);
  const nearest = typeof input === 'string' ? nearestName(input, names) : null;
  const list = names.length === 1 ? String(names[0]) : `one of ${names.join(', ')}`;
  return nearest === null ? list : `${list}; did you mean "${nearest}"?`;
}

/** The value as a reader would recognise it: short, strings in quotes. */
function shown(input: unknown): string {
  if (input === null) return 'empty';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'a mapping';
  const text = JSON.stringify(input) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function dotted(path: Path): string {
  return path.length === 0 ? 'the configuration' : path.map(String).join('.');
}

function valueIn(source: unknown, path: Path): unknown {
  let value: unknown = source;
  for (const step of path) value = (value as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[step];
  return value;
}

/** A copy with some entries left out and some durations made readable: many are required. */
function mended(source: unknown, faults: readonly Path[], durations: readonly Path[]): unknown {
  const copy: unknown = structuredClone(source);
  for (const path of faults) {
    const holder = valueIn(copy, path.slice(0, -1));
    if (isCollection(holder)) Reflect.deleteProperty(holder as object, path.at(-1) ?? '');
  }
  for (const path of durations) {
    const holder = valueIn(copy, path.slice(0, -1));
    if (isCollection(holder)) Reflect.set(holder as object, path.at(-1) ?? '', '1d');
  }
  return copy;
}
