import { SandboxError } from '../types.ts';

/** The clause in which to look for the token that an error points at. */
export type Clause = 'SELECT' | 'FROM' | 'WHERE' | 'GROUP BY' | 'HAVING' | 'ORDER BY';

/** An error of the parser, which has no place to point at. */
export function malformed(message: string): SandboxError {
  return new SandboxError('MALFORMED_QUERY', message);
}

/**
 * An error as Salesforce shows it: an excerpt of the query, a caret under the token, row and column from 1.
 * The caret stands at the first whole occurrence of the token after the clause's keyword, outside of string literals.
 */
export function errorAt(text: string, clause: Clause, token: string, code: string, message: string): SandboxError {
  return errorAtOffset(text, offsetOf(text, clause, token), code, message);
}

export function errorAtOffset(text: string, offset: number, code: string, message: string): SandboxError {
  const before = text.slice(0, offset).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  const start = Math.max(0, offset - EXCERPT_BEFORE);
  const excerpt = text.slice(start, offset + EXCERPT_AFTER).replaceAll(/\s/g, ' ');
  const caret = `${' '.repeat(offset - start)}^`;
  return new SandboxError(code, `\n${excerpt}\n${caret}\nERROR at Row:${before.length}:Column:${column}\n${message}`);
}

/** The text with the characters of its string literals blanked, so that offsets stay what they are. */
export function withoutLiterals(text: string): string {
  return text.replaceAll(/'(?:\\.|[^'\\])*'/gs, (literal) => `'${' '.repeat(literal.length - 2)}'`);
}

function offsetOf(text: string, clause: Clause, token: string): number {
  const bare = withoutLiterals(text);
  const keyword = new RegExp(`\\b${clause.replace(' ', String.raw`\s+`)}\\b`, 'i').exec(bare);
  const from = keyword === null ? 0 : keyword.index + keyword[0].length;
  const escaped = token.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const found = new RegExp(`(?<![\\w.])${escaped}(?![\\w])`, 'i').exec(bare.slice(from));
  return found === null ? from : from + found.index;
}

const EXCERPT_BEFORE = 60;
const EXCERPT_AFTER = 30;
