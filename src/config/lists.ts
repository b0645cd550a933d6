import { readFileSync } from 'node:fs';
import path from 'node:path';

import { fold } from '../rules/text/fold.ts';
import type { CsvRecord } from './csv.ts';
import { readCsv } from './csv.ts';
import type { Located } from './located.ts';
import type { Problem } from './problem.ts';
import { problemAt, suggestion } from './problem.ts';
import type { List, ListSources } from './schema.ts';

type FileSource = { readonly file: string; readonly columns: readonly string[] };
type ListReading = { readonly list: List; readonly problems: readonly Problem[] };

/** Reads the lists, those in files relative to the folder of the configuration. */
export function readLists(
  sources: ListSources,
  folder: string,
  located: Located,
): { readonly lists: Readonly<Record<string, List>>; readonly problems: readonly Problem[] } {
  const readings = Object.entries(sources).map(([name, source]): readonly [string, ListReading] => {
    if (!Array.isArray(source)) return [name, readListFile(name, source, folder, located)];
    const values = source.map((value) => value.trim());
    return [name, { list: { values, rows: values.map((value) => ({ value })), isPresent: true }, problems: [] }];
  });
  return {
    lists: Object.fromEntries(readings.map(([name, { list }]) => [name, list])),
    problems: readings.flatMap(([, { problems }]) => problems),
  };
}

/** The lists as conditions look things up in them: folded values by name of the list (F9). */
export function foldedLists(lists: Readonly<Record<string, List>>): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(Object.entries(lists).map(([name, { values }]) => [name, new Set(values.map(fold))]));
}

function readListFile(name: string, source: FileSource, folder: string, located: Located): ListReading {
  const file = path.join(folder, source.file);
  const place = located.locate(['lists', name, 'file']);
  const absent = { values: [], rows: [], isPresent: false };
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    // Lists hold customers and are often delivered apart from the rules, which must load and be tested without them.
    // Whether the file has arrived is a question to the place where the daemon runs: checkLive warns.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { list: absent, problems: [] };
    return {
      list: absent,
      problems: [problemAt(place, 'E_LIST_FILE', `"${file}" cannot be read: ${code ?? 'unknown'}`)],
    };
  }
  const { records, brokenAt } = readCsv(text);
  if (brokenAt !== null) {
    const problem = problemAt(
      { file, line: brokenAt, column: 1 },
      'E_LIST_FILE',
      'a quote is never closed or stands astray',
    );
    return { list: absent, problems: [problem] };
  }
  const [head] = records;
  const isHeaded = head?.values.some((value) => fold(value) === fold(source.columns[0] ?? '')) === true;
  const columns = isHeaded ? (head?.values ?? []) : source.columns;
  const problems = isHeaded
    ? missingColumns(name, source.columns, columns, located)
    : wrongWidths(file, records, columns.length);
  const rows = (isHeaded ? records.slice(1) : records).map((record) => rowOf(record, columns, source.columns));
  const first = source.columns[0] ?? '';
  return { list: { values: rows.map((row) => row[first] ?? ''), rows, isPresent: true }, problems };
}

function rowOf({ values }: CsvRecord, columns: readonly string[], wanted: readonly string[]): Record<string, string> {
  const byName = new Map(columns.map((column, index) => [fold(column), values[index] ?? '']));
  return Object.fromEntries(wanted.map((column) => [column, byName.get(fold(column)) ?? '']));
}

function missingColumns(
  name: string,
  wanted: readonly string[],
  columns: readonly string[],
  located: Located,
): readonly Problem[] {
  return wanted.flatMap((column, index) => {
    if (columns.some((other) => fold(other) === fold(column))) return [];
    const place = located.locate(['lists', name, 'columns', index]);
    return [problemAt(place, 'E_LIST_COLUMN', `the file has no column "${column}"${suggestion(column, columns)}`)];
  });
}

function wrongWidths(file: string, records: readonly CsvRecord[], width: number): readonly Problem[] {
  return records
    .filter(({ values }) => values.length > width)
    .map(({ line, values }) =>
      problemAt({ file, line, column: 1 }, 'E_LIST_FILE', `${values.length} values in a line of ${width} columns`),
    );
}
