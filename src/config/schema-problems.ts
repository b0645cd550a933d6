import { z } from 'zod';

import type { Path } from './located-yaml.ts';
import type { Problem } from './problem.ts';
import { nearestName, problemAt } from './problem.ts';
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

/**
 * Checks one section. Where unknown keys are the only mistake, the value is still given, without them,
 * so that later checks tell what else is wrong.
 */
export function readSection<Value>(
  schema: z.ZodType<Value>,
  source: unknown,
  path: Path,
  located: Located,
): SectionReading<Value> {
  const first = schema.safeParse(source, { error: nameUnknownKeys, reportInput: true });
  if (first.success) return { isReadable: true, value: first.data, problems: [] };
  const findings = first.error.issues.flatMap((issue) => findingsOf(issue, path));
  const unknown = findings.filter(({ code, part }) => code === 'E_UNKNOWN_KEY' && part === 'key');
  const second =
    unknown.length === 0
      ? first
      : schema.safeParse(
          without(
            source,
            unknown.map((finding) => finding.path.slice(path.length)),
          ),
          {
            error: nameUnknownKeys,
            reportInput: true,
          },
        );
  const more = second.success ? [] : second.error.issues.flatMap((issue) => findingsOf(issue, path));
  const problems = [...findings, ...more].map(({ path, part, code, message }) =>
    problemAt(located.locate(path, part), code, message),
  );
  return second.success ? { isReadable: true, value: second.data, problems } : { isReadable: false, problems };
}

/** An empty message marks an issue that has no words of its own: `describe` finds some when the whole path is known. */
function nameUnknownKeys(issue: z.core.$ZodRawIssue): string {
  if (issue.code !== 'unrecognized_keys') return '';
  const schema: unknown = issue.inst;
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  return (issue['keys'] as readonly string[]).map((key) => unknownKey(key, known)).join('\n');
}

/** `unknown key "timezon", did you mean "timezone"?`, or without a near key all that are known. */
export function unknownKey(key: string, known: readonly string[]): string {
  const nearest = nearestName(key, known);
  if (nearest !== null) return `unknown key "${key}", did you mean "${nearest}"?`;
  return `unknown key "${key}"; known here: ${known.join(', ')}`;
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

function weight(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
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

function without(source: unknown, paths: readonly Path[]): unknown {
  const copy: unknown = structuredClone(source);
  for (const path of paths) {
    let holder: unknown = copy;
    for (const step of path.slice(0, -1)) holder = (holder as Record<PropertyKey, unknown> | undefined)?.[step];
    if (typeof holder === 'object' && holder !== null) Reflect.deleteProperty(holder, path.at(-1) ?? '');
  }
  return copy;
}
