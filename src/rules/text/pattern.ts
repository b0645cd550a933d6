import { RE2JS, RE2JSException } from 're2js';

import { foldCase } from './fold.ts';

/** What is wrong with a regular expression, or null when RE2 takes it: no look-arounds, no back-references (F11). */
export function patternProblem(pattern: string): string | null {
  try {
    compile(pattern, false);
    return null;
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const reason = error.message.replace(/^error parsing regexp: /, '');
    return `"${pattern}" is not a regular expression of RE2, which has no look-arounds and no back-references: ${reason}`;
  }
}

/**
 * An unanchored search in linear time. Texts are expected folded, or only tidied when the search is case-sensitive.
 * @throws RE2JSException when `patternProblem` finds one.
 */
export function compilePattern(
  pattern: string,
  { isCaseSensitive }: { readonly isCaseSensitive: boolean },
): (text: string) => boolean {
  const compiled = compile(pattern, isCaseSensitive);
  return (text) => compiled.test(text);
}

function compile(pattern: string, isCaseSensitive: boolean): RE2JS {
  const source = pattern.normalize('NFC');
  if (isCaseSensitive) return RE2JS.compile(source);
  // A literal ß has to become the ss of a folded text. Only letters beyond ASCII are folded, since \D is not \d.
  const folded = source.replace(/\P{ASCII}+/gu, foldCase);
  return RE2JS.compile(folded, RE2JS.CASE_INSENSITIVE);
}
