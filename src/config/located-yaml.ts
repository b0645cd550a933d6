import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Alias, Document, Node, Pair, Range, Scalar, YAMLError } from 'yaml';
import type { Place, Problem } from './problem.ts';
import { problemAt } from './problem.ts';

/** A way into a document: keys of mappings and indexes of lists, as in zod's issues. */
export type Path = readonly PropertyKey[];

/** A YAML file as plain values of which each knows its place. */
export type LocatedYaml = {
  /** The top-level mapping: empty when the file is empty or not a mapping. Objects have no prototype surprises. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
  /**
   * The place of what stands at the path, or of its nearest ancestor when there is no such node.
   * `key` asks for the key of the last mapping entry instead of its value.
   */
  readonly locate: (path: Path, part?: 'key' | 'value') => Place;
};

/** Aliases may repeat this many nodes in one file: enough for any honest use, too few for a "billion laughs". */
const MAX_ALIASED_NODES = 20_000;
const MAX_DEPTH = 60;

const CORE_TAGS: ReadonlySet<string> = new Set(
  ['map', 'seq', 'str', 'null', 'bool', 'int', 'float'].map((name) => `tag:yaml.org,2002:${name}`),
);

/** The keys whose values are codes and must be written as strings (F3). */
const STRING_KEYS: ReadonlyMap<string, string> = new Map([
  ['postal', 'E_POSTAL_NOT_STRING'],
  ['country', 'E_CODE_NOT_STRING'],
  ['state', 'E_CODE_NOT_STRING'],
]);

/** The one `country` that is a number of points, not a code. */
const NOT_A_CODE = 'routing.matched_account.keys.country';

/** Reads one file in the dialect of F2 and F3. Never throws: whatever is wrong becomes a problem. */
export function readLocatedYaml(file: string, text: string): LocatedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    merge: false,
    stringKeys: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems: Problem[] = document.errors.map((error) => syntaxProblem(error, placeOf(error.pos[0]), text));
  const { yaml } = document.directives ?? {};
  if (yaml?.explicit === true && yaml.version !== '1.2') {
    problems.push(problemAt(placeOf(0), 'E_YAML', `YAML ${yaml.version} is not understood, write YAML 1.2`));
  }
  const values = new Reader(document, placeOf, problems).readTop();
  return { values, problems, locate: (path, part = 'value') => placeOf(offsetAt(document, path, part)) };
}

function syntaxProblem(error: YAMLError, place: Place, text: string): Problem {
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^(?:"[^"\n]*"|'[^'\n]*'|[^\s:,}]*)/.exec(text.slice(error.pos[0]))?.[0] ?? '';
    return problemAt(place, 'E_DUP_KEY', `"${key.replaceAll(/["']/g, '')}" stands twice in one mapping`);
  }
  if (error.code === 'MULTIPLE_DOCS') {
    return problemAt(place, 'E_MULTI_DOC', 'more than one document in a file, put the second into a file of its own');
  }
  if (error.code === 'NON_STRING_KEY') return problemAt(place, 'E_YAML', 'a key must be a plain string');
  return problemAt(place, 'E_YAML', lowerFirst(error.message));
}

/** Turns nodes into values, and collects what the dialect forbids on the way. */
class Reader {
  readonly #document: Document.Parsed;
  readonly #placeOf: (offset: number) => Place;
  readonly #problems: Problem[];
  readonly #open = new Set<Node>();
  #aliasDepth = 0;
  #aliasedNodes = 0;

  constructor(document: Document.Parsed, placeOf: (offset: number) => Place, problems: Problem[]) {
    this.#document = document;
    this.#placeOf = placeOf;
    this.#problems = problems;
  }

  readTop(): Readonly<Record<string, unknown>> {
    const top = this.#document.contents as Node | null;
    if (top === null || (isScalar(top) && top.value === null)) return {};
    if (!isMap(top)) {
      this.#report(top, 'E_VALUE', 'a configuration file is a mapping of sections');
      return {};
    }
    return this.#read(top, [], null) as Readonly<Record<string, unknown>>;
  }

  /** @param stringCode  the problem to report for a scalar that is no string, or null where any scalar may stand */
  #read(node: unknown, path: readonly string[], stringCode: string | null): unknown {
    if (isAlias(node)) return this.#readAlias(node, path, stringCode);
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return null;
    this.#checkTag(node);
    if (this.#aliasDepth > 0) this.#aliasedNodes++;
    if (isScalar(node)) return this.#readScalar(node, stringCode);
    if (path.length > MAX_DEPTH) {
      this.#report(node, 'E_YAML', `more than ${MAX_DEPTH} levels deep`);
      return null;
    }
    this.#open.add(node);
    const value = isMap(node)
      ? this.#readPairs(node.items, path, stringCode)
      : node.items.map((entry, index) => this.#read(entry, [...path, String(index)], stringCode));
    this.#open.delete(node);
    return value;
  }

  #readPairs(pairs: readonly Pair[], path: readonly string[], stringCode: string | null): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (const pair of pairs) {
      if (!isScalar(pair.key)) continue;
      const key = keyText(pair.key);
      this.#checkTag(pair.key);
      if (key === '<<') {
        this.#report(
          pair.key,
          'E_MERGE_KEY',
          'merge keys are not allowed, write the entries out or alias whole values',
        );
      } else if (key === '__proto__') {
        this.#report(pair.key, 'E_UNKNOWN_KEY', '"__proto__" cannot be a key');
      } else {
        values[key] = this.#read(pair.value, [...path, key], stringCode ?? codeFor(key, path));
      }
    }
    return values;
  }

  #readScalar(node: Scalar, stringCode: string | null): unknown {
    if (stringCode === null || typeof node.value === 'string') return node.value;
    const written = node.source ?? String(node.value);
    this.#report(
      node,
      stringCode,
      `${written === '' ? 'an empty value' : written} is not a string, put quotes around it`,
    );
    // Carrying on as if it had been quoted lets the later checks find what else is wrong.
    return written;
  }

  #readAlias(node: Alias, path: readonly string[], stringCode: string | null): unknown {
    const target = node.resolve(this.#document);
    if (target === undefined) {
      this.#report(node, 'E_ALIAS', `"*${node.source}" has no anchor "&${node.source}" before it`);
      return null;
    }
    if (this.#open.has(target)) {
      this.#report(node, 'E_ALIAS', `"*${node.source}" contains itself`);
      return null;
    }
    if (this.#aliasedNodes > MAX_ALIASED_NODES) {
      this.#report(node, 'E_ALIAS', `aliases repeat more than ${MAX_ALIASED_NODES} values`);
      return null;
    }
    this.#aliasDepth++;
    const value = this.#read(target, path, stringCode);
    this.#aliasDepth--;
    return value;
  }

  #checkTag(node: Node): void {
    if (node.tag === undefined || node.tag === '!' || CORE_TAGS.has(node.tag)) return;
    this.#report(node, 'E_CUSTOM_TAG', `the tag "${node.tag}" is not allowed, only those of the YAML core schema`);
  }

  #report(node: { range?: Range | null | undefined }, code: string, message: string): void {
    this.#problems.push(problemAt(this.#placeOf(node.range?.[0] ?? 0), code, message));
  }
}

function codeFor(key: string, path: readonly string[]): string | null {
  if ([...path, key].join('.') === NOT_A_CODE) return null;
  return STRING_KEYS.get(key) ?? null;
}

function offsetAt(document: Document.Parsed, path: Path, part: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isSeq(node)) node = node.items[Number(step)];
    else if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && keyText(key) === String(step));
      if (!isPair(pair)) return offset;
      offset = startOf(pair.key) ?? offset;
      if (part === 'key' && index === path.length - 1) return offset;
      node = pair.value;
    } else return offset;
    const start = startOf(node);
    if (start === null) return offset;
    offset = start;
  }
  return offset;
}

/** Keys are strings (`stringKeys`); any other was reported. */
function keyText(key: Scalar): string {
  return typeof key.value === 'string' ? key.value : '';
}

/** Where a node's own text begins; null for a value that is not written at all (`key:`). */
function startOf(node: unknown): number | null {
  if (typeof node !== 'object' || node === null || !('range' in node)) return null;
  const range = node.range as readonly [number, number, number] | null | undefined;
  return range === null || range === undefined || range[0] === range[1] ? null : range[0];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
