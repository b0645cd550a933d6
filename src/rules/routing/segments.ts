import type { FieldValue } from '../../domain/record.ts';
import type { Segments } from './segment-schema.ts';

/** What is wrong with segments as a whole (R8); `segments` are the keys at fault, empty when something is missing. */
export type SegmentProblem = {
  readonly code: 'E_SEGMENT_GAP' | 'E_SEGMENT_OVERLAP';
  readonly segments: readonly string[];
  readonly message: string;
};

/**
 * The segment that a number of employees lies in: `[min, max)`, or the blank one when it is not known (R8).
 * Null when no segment is meant for it. A number in a text is read as one.
 */
export function segmentOf(segments: Segments, employees: FieldValue | undefined): string | null {
  const size = readSize(employees);
  for (const [name, { min = 0, max = Number.POSITIVE_INFINITY, blank }] of Object.entries(segments)) {
    if (size === null ? blank === true : blank !== true && min <= size && size < max) return name;
  }
  return null;
}

/** Gaps and overlaps of the segments, which must cover 0 to infinity and name the unknown (R8). None when there are none. */
export function segmentProblems(segments: Segments): readonly SegmentProblem[] {
  const names = Object.keys(segments);
  if (names.length === 0) return [];
  const sized = Object.entries(segments)
    .filter(([, { blank }]) => blank !== true)
    .map(([name, { min = 0, max = Number.POSITIVE_INFINITY }]) => ({ name, min, max }))
    .sort((left, right) => left.min - right.min);
  const problems: SegmentProblem[] = [];
  let reached = 0;
  let last: string | null = null;
  for (const { name, min, max } of sized) {
    if (min > reached) problems.push(gap(reached, min, [name]));
    if (last !== null && min < reached) {
      problems.push({ code: 'E_SEGMENT_OVERLAP', segments: [last, name], message: `"${last}" and "${name}" overlap` });
    }
    if (max > reached) [reached, last] = [max, name];
  }
  if (reached !== Number.POSITIVE_INFINITY) problems.push(gap(reached, null, last === null ? [] : [last]));
  const unknown = names.filter((name) => segments[name]?.blank === true);
  if (unknown.length === 0) {
    const message = 'no segment has blank: true; a lead without a number of employees would be in none';
    problems.push({ code: 'E_SEGMENT_GAP', segments: [], message });
  } else if (unknown.length > 1) {
    const message = `${unknown.map((name) => `"${name}"`).join(' and ')} both stand for unknown sizes`;
    problems.push({ code: 'E_SEGMENT_OVERLAP', segments: unknown, message });
  }
  return problems;
}

function gap(from: number, to: number | null, segments: readonly string[]): SegmentProblem {
  const message = `no segment holds ${to === null ? `${from} and above` : `sizes from ${from} to below ${to}`}`;
  return { code: 'E_SEGMENT_GAP', segments, message };
}

function readSize(employees: FieldValue | undefined): number | null {
  if (typeof employees === 'string' && employees.trim() !== '') return readSize(Number(employees));
  return typeof employees === 'number' && employees >= 0 ? employees : null;
}
