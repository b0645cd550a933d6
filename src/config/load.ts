import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { AppError } from '../domain/error.ts';
import { checkGraph } from './graph.ts';
import { readLists } from './lists.ts';
import type { Located } from './located.ts';
import { locateIn } from './located.ts';
import type { LocatedYaml } from './located-yaml.ts';
import { readLocatedYaml } from './located-yaml.ts';
import type { Problem } from './problem.ts';
import { hasErrors, problemAt, sortProblems, suggestion } from './problem.ts';
import type { Config, ListSources, ReadableConfig, SectionName } from './schema.ts';
import { SECTIONS } from './schema.ts';
import { readSection } from './schema-problems.ts';

/** What came of reading a configuration. */
export type Loaded = {
  /** Deeply frozen; null when there is an error among the problems. */
  readonly config: Config | null;
  /** All problems of all files, sorted. */
  readonly problems: readonly Problem[];
  readonly located: Located;
};

/**
 * Reads the configuration of a folder: all its `*.yaml`, merged by top-level key (F1).
 * @param level  `syntax` stops before the references between sections are checked (F5)
 * @throws AppError fix-config when there is no such folder or no YAML in it
 */
export function loadConfig(folder: string, { level = 'graph' }: { readonly level?: 'syntax' | 'graph' } = {}): Loaded {
  const names = yamlFiles(folder);
  const files = names.map((name) => readFile(path.join(folder, name)));
  const { fileOf, problems: merging } = mergeFiles(files);
  const located = locateIn(fileOf, { file: path.join(folder, names[0] ?? ''), line: 1, column: 1 });
  const { sections, problems: schema } = readSections(located, folder);
  const dialect = files.flatMap((file) => file.problems);
  const offline = [...dialect, ...merging, ...withoutEchoes(schema, dialect)];
  const problems = sortProblems(level === 'syntax' ? offline : [...offline, ...checkGraph(sections, located)]);
  return { config: hasErrors(problems) ? null : freeze(sections as Config), problems, located };
}

function yamlFiles(folder: string): readonly string[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.yaml') && !name.startsWith('.'));
  } catch (cause) {
    throw new AppError({
      code: 'config-folder',
      recovery: 'fix-config',
      message: `the configuration folder "${folder}" cannot be read`,
      mend: 'set CONFIG_DIR to the folder that holds the *.yaml files',
      cause,
    });
  }
  if (names.length > 0) return names.sort();
  throw new AppError({
    code: 'config-folder',
    recovery: 'fix-config',
    message: `the configuration folder "${folder}" holds no *.yaml file`,
    mend: 'set CONFIG_DIR to the folder that holds the *.yaml files',
  });
}

function readFile(file: string): LocatedYaml {
  const failed = (message: string): LocatedYaml => {
    const place = { file, line: 1, column: 1 };
    return { values: {}, problems: [problemAt(place, 'E_FILE', message)], locate: () => place };
  };
  try {
    return readLocatedYaml(file, new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)));
  } catch (error) {
    if (error instanceof TypeError) return failed('the file is not text in UTF-8');
    return failed(`the file cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}

/** Finds the file of each section; what stands in two files, or is no section, is a problem. */
function mergeFiles(files: readonly LocatedYaml[]): {
  readonly fileOf: ReadonlyMap<string, LocatedYaml>;
  readonly problems: readonly Problem[];
} {
  const fileOf = new Map<string, LocatedYaml>();
  const problems: Problem[] = [];
  for (const file of files) {
    for (const key of Object.keys(file.values)) {
      const place = file.locate([key], 'key');
      const first = fileOf.get(key)?.locate([key], 'key');
      if (first !== undefined) {
        const message = `"${key}" stands in two files, first at ${first.file}:${first.line}:${first.column}`;
        problems.push(problemAt(place, 'E_DUP_KEY', message));
        continue;
      }
      fileOf.set(key, file);
      if (!Object.hasOwn(SECTIONS, key)) {
        const message = `unknown key "${key}"${suggestion(key, Object.keys(SECTIONS))}`;
        problems.push(problemAt(place, 'E_UNKNOWN_KEY', message));
      }
    }
  }
  return { fileOf, problems };
}

function readSections(
  located: Located,
  folder: string,
): { readonly sections: ReadableConfig; readonly problems: readonly Problem[] } {
  const sections: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const name of Object.keys(SECTIONS) as SectionName[]) {
    const reading = readSection<unknown>(SECTIONS[name], located.valueAt([name]), [name], located);
    problems.push(...reading.problems);
    if (!reading.isReadable) continue;
    if (name === 'lists') {
      const { lists, problems: listProblems } = readLists(reading.value as ListSources, folder, located);
      problems.push(...listProblems);
      sections[name] = lists;
    } else sections[name] = reading.value ?? null;
  }
  return { sections, problems };
}

/** What is no YAML of ours is no fitting value either: that is told once. */
function withoutEchoes(schema: readonly Problem[], dialect: readonly Problem[]): readonly Problem[] {
  const faulty = new Set(dialect.map(placeOf));
  return schema.filter((problem) => problem.code !== 'E_VALUE' || !faulty.has(placeOf(problem)));
}

function placeOf({ file, line, column }: Problem): string {
  return `${file}:${line}:${column}`;
}

function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
  return value;
}
