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

/** The known names, the nearest first: fewest letters differ, upper and lower case apart. */
export function byNearness(name: string, known: Iterable<string>): readonly string[] {
  const wanted = name.toLowerCase();
  const apart = new Map([...known].map((candidate) => [candidate, distance(wanted, candidate.toLowerCase())]));
  return [...apart.keys()].sort((a, b) => (apart.get(a) ?? 0) - (apart.get(b) ?? 0));
}

/** The known name that was probably meant, or null when more than half of its letters would differ. */
export function nearestName(name: string, known: Iterable<string>): string | null {
  const [nearest] = byNearness(name, known);
  if (nearest === undefined) return null;
  const apart = distance(name.toLowerCase(), nearest.toLowerCase());
  return apart <= Math.max(1, Math.floor(nearest.length / 2)) ? nearest : null;
}

/** What was probably meant, to be added to a message: the nearest known name, or up to ten, nearest first. */
export function suggestion(name: string, known: Iterable<string>): string {
  const names = byNearness(name, known);
  const nearest = nearestName(name, names);
  if (nearest !== null) return `, did you mean "${nearest}"?`;
  if (names.length === 0) return ', there are none';
  return `; known: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function oneLine(message: string): string {
  return message.replaceAll(/\s*[\r\n]+\s*/g, ' ');
}
