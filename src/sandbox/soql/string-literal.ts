import { malformed } from './query-errors.ts';

type Token = string | typeof ANY_RUN | typeof ANY_ONE;

/** The text that a raw string literal stands for. @throws MALFORMED_QUERY on an unknown escape or over 4,000 characters. */
export function readString(raw: string): string {
  checkLength(raw);
  return raw.replaceAll(ESCAPE, (sequence) => unescaped(sequence, raw));
}

/** A test of folded text against the raw pattern of LIKE: `%` any run, `_` one character, both can be escaped. */
export function matcherOf(raw: string): (folded: string) => boolean {
  checkLength(raw);
  const tokens = Array.from(raw.matchAll(/\\u[0-9a-fA-F]{4}|\\[\s\S]|[^\\]/gu), ([token]) =>
    patternTokens(token, raw),
  ).flat();
  return (folded) => matches(Array.from(folded), tokens);
}

/** Text as Salesforce compares it: without regard to case. */
export function fold(text: string): string {
  return text.toLowerCase();
}

function patternTokens(token: string, raw: string): readonly Token[] {
  if (token === '%') return [ANY_RUN];
  if (token === '_') return [ANY_ONE];
  return Array.from(fold(token.startsWith('\\') ? unescaped(token, raw) : token));
}

/** Greedy with one point to fall back to: linear but for the last run, and never exponential. */
function matches(text: readonly string[], pattern: readonly Token[]): boolean {
  let at = 0;
  let next = 0;
  let run = -1;
  let runAt = 0;
  while (at < text.length) {
    if (pattern[next] === ANY_RUN) {
      run = next++;
      runAt = at;
    } else if (pattern[next] === ANY_ONE || pattern[next] === text[at]) {
      next++;
      at++;
    } else if (run >= 0) {
      next = run + 1;
      at = ++runAt;
    } else {
      return false;
    }
  }
  return pattern.slice(next).every((token) => token === ANY_RUN);
}

function unescaped(sequence: string, raw: string): string {
  if (/^\\u[0-9a-fA-F]{4}$/.test(sequence)) return String.fromCharCode(Number.parseInt(sequence.slice(2), 16));
  const character = ESCAPES[sequence.slice(1)];
  if (character === undefined) {
    throw malformed(`Invalid string literal '${raw}'. Illegal character sequence '${sequence}' in string literal`);
  }
  return character;
}

function checkLength(raw: string): void {
  if (raw.length > MAX_STRING) throw malformed(`Invalid string literal: maximum length is ${MAX_STRING} characters`);
}

const ANY_RUN = Symbol('%');
const ANY_ONE = Symbol('_');

const ESCAPE = /\\u[0-9a-fA-F]{4}|\\[\s\S]?/g;

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  N: '\n',
  r: '\r',
  R: '\r',
  t: '\t',
  T: '\t',
  b: '\b',
  B: '\b',
  f: '\f',
  F: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
  _: '_',
  '%': '%',
};

/** SOQL and SOSL Reference: each string within a WHERE clause. */
const MAX_STRING = 4000;
