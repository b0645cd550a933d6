import { distance } from 'fastest-levenshtein';

/** A place in a file; line and column count from 1, in UTF-16 units. */
export type Place = { readonly file: string; readonly line: number; readonly column: number };

/** Something wrong with the configuration. Errors stop, warnings do not (F6). */
export type Problem = Place & {
  readonly level: 'error' | 'warning';
  /** `E_…` or `W_…`, stable: other programs rely on it. */
  readonly code: string;
  /** One line, lower case, names the value in quotes. */
  readonly message: string;
};

/** A problem at a place; the level follows from the code's first letter. */
export function problemAt(place: Place, code: string, message: string): Problem {
  const { file, line, column } = place;
  return { file, line, column, level: code.startsWith('W_') ? 'warning' : 'error', code, message: oneLine(message) };
}

/** `file:line:column level CODE message`, the form of `rolecall check`. */
export function printProblem({ file, line, column, level, code, message }: Problem): string {
  return `${file}:${line}:${column} ${level} ${code} ${message}`;
}

/** By file, line, column, code; of two with the same place, code and message only one is kept. */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  const byLine = new Map(problems.map((problem) => [printProblem(problem), problem]));
  return [...byLine.values()].sort(
    (a, b) =>
      compare(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compare(a.code, b.code) ||
      compare(a.message, b.message),
  );
}

/** Whether anything in the list forbids to run. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ level }) => level === 'error');
}

/**
 * The known name that was probably meant, or null when none is near enough:
 * at most a third of the letters differ, upper and lower case apart.
 */
export function nearestName(name: string, known: Iterable<string>): string | null {
  const wanted = name.toLowerCase();
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const apart = distance(wanted, candidate.toLowerCase());
    if (apart < bestDistance) [best, bestDistance] = [candidate, apart];
  }
  return best;
}

/** `"lodnon" is not a calendar, did you mean "london"?`, or without a near name up to ten of the known ones. */
export function unknownName(name: string, what: string, known: Iterable<string>): string {
  const names = [...known];
  const nearest = nearestName(name, names);
  if (nearest !== null) return `"${name}" is not ${what}, did you mean "${nearest}"?`;
  if (names.length === 0) return `"${name}" is not ${what}, there are none`;
  const listed = names.slice(0, 10).join(', ');
  return `"${name}" is not ${what}; known: ${listed}${names.length > 10 ? ', …' : ''}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function oneLine(message: string): string {
  return message.replaceAll(/\s*[\r\n]+\s*/g, ' ');
}
