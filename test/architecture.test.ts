import { describe, expect, it } from 'vitest';

import { readImports, readImpurities, readSourceTree } from './support/source-tree.ts';
import type { SourceFile } from './support/source-tree.ts';

/** A part of the tree: the files that `holds` matches, and what they may import (project paths or packages). */
type Zone = { readonly name: string; readonly holds: RegExp; readonly mayImport: RegExp };

const pureLibraries = 'zod|luxon|re2js|fastest-levenshtein|i18n-iso-countries|iso-3166';

/** "Who may import whom". The first zone that holds a file is the file's. */
const zones: readonly Zone[] = [
  { name: 'domain imports nothing', holds: /^src\/domain\//, mayImport: /^src\/domain\// },
  {
    name: 'rules know values and pure libraries',
    holds: /^src\/rules\//,
    mayImport: new RegExp(`^(src/(domain|rules)/|(${pureLibraries})$)`),
  },
  {
    name: 'streams, keyset and SOQL know values and rules',
    holds: /^src\/poll\/(streams|keyset|soql)\b/,
    mayImport: new RegExp(`^(src/(domain|rules)/|src/poll/(streams|keyset|soql)\\b|(${pureLibraries})$)`),
  },
  {
    name: 'write-back plans with values and rules',
    holds: /^src\/write-back\//,
    mayImport: new RegExp(`^(src/(domain|rules|write-back)/|(${pureLibraries})$)`),
  },
  {
    name: 'config knows values, rules, files, and the org it is checked against',
    holds: /^src\/config\//,
    mayImport: new RegExp(
      `^(src/(domain|rules|config)/|src/ports\\.ts$|node:(fs|fs/promises|path|crypto)$|(yaml|${pureLibraries})$)`,
    ),
  },
  {
    name: 'poll and workers see the outside world through the ports alone, and tell it what happened',
    holds: /^src\/(poll|workers)\//,
    mayImport: /^(src\/(domain|rules|poll|write-back|workers)\/|src\/(ports|observe\/events)\.ts$|node:|zod$)/,
  },
  {
    name: 'adapters know values and ports',
    holds: /^src\/adapters\//,
    mayImport: /^(src\/(domain|adapters)\/|src\/ports\.ts$|(?!src\/))/,
  },
  {
    name: 'observe knows values and ports',
    holds: /^src\/observe\//,
    mayImport: /^(src\/(domain|observe)\/|src\/ports\.ts$|(?!src\/))/,
  },
  {
    name: 'the sandbox org shares no code with the rest',
    holds: /^src\/sandbox\//,
    mayImport: /^(src\/sandbox\/|(?!src\/))/,
  },
  { name: 'ports speak of values', holds: /^src\/ports\.ts$/, mayImport: /^src\/domain\// },
  {
    name: 'app knows all but the sandbox org and the commands',
    holds: /^src\/app\b/,
    mayImport: /^(src\/(?!sandbox\/|cli\/|main\.ts)|(?!src\/))/,
  },
  {
    name: 'demo is the one command that knows the sandbox org',
    holds: /^src\/cli\/demo\b/,
    mayImport: /^(src\/(?!main\.ts)|(?!src\/))/,
  },
  {
    name: 'commands know all but the sandbox org and main',
    holds: /^src\/cli\//,
    mayImport: /^(src\/(?!sandbox\/|main\.ts)|(?!src\/))/,
  },
  { name: 'main starts a command', holds: /^src\/main\.ts$/, mayImport: /^(src\/(cli|domain)\/|(?!src\/))/ },
];

const pureFiles = /^src\/(rules|domain|write-back)\/|^src\/poll\/(streams|keyset|soql)\b/;

const tree = readSourceTree('src');

describe('who may import whom', () => {
  it.each(zones)('$name', (zone) => {
    expect(findTrespasses(tree, zone)).toEqual([]);
  });

  it('holds every file in a zone', () => {
    expect(tree.filter((source) => zoneOf(source) === undefined).map(({ file }) => file)).toEqual([]);
  });

  it('keeps adapters apart', () => {
    expect(findForeignAdapters(tree)).toEqual([]);
  });

  it('would notice when one adapter leans on another', () => {
    const source = {
      file: 'src/adapters/queues/bullmq.ts',
      code: "import { connect } from '../salesforce/connect.ts';",
    };

    expect(findForeignAdapters([source])).toEqual([
      'src/adapters/queues/bullmq.ts imports src/adapters/salesforce/connect.ts',
    ]);
  });

  it.each([
    {
      trespass: 'a rule reads a file',
      file: 'src/rules/routing/a.ts',
      code: "import { readFileSync } from 'node:fs';",
    },
    {
      trespass: 'a rule takes a type of the ports',
      file: 'src/rules/a.ts',
      code: "import type { Clock } from '../ports.ts';",
    },
    { trespass: 'a value knows zod', file: 'src/domain/a.ts', code: "export { z } from 'zod';" },
    { trespass: 'a worker knows a vendor', file: 'src/workers/a.ts', code: "import { Queue } from 'bullmq';" },
    {
      trespass: 'a worker reads the configuration',
      file: 'src/workers/a.ts',
      code: "import { load } from '../config/load.ts';",
    },
    { trespass: 'an adapter decides', file: 'src/adapters/a.ts', code: "import { route } from '../rules/route.ts';" },
    {
      trespass: 'the sandbox org takes our SOQL',
      file: 'src/sandbox/a.ts',
      code: "import { quote } from '../poll/soql.ts';",
    },
    {
      trespass: 'another command loads the sandbox org',
      file: 'src/cli/start.ts',
      code: "await import('../sandbox/org.ts');",
    },
    { trespass: 'a type is imported in passing', file: 'src/rules/a.ts', code: "type Q = import('bullmq').Queue;" },
  ])('would notice when $trespass', ({ file, code }) => {
    const source = { file, code };

    expect(findTrespasses([source], zoneOf(source)!)).toHaveLength(1);
  });
});

describe('what decides is pure', () => {
  it('neither waits, nor reads the clock, nor draws lots (F20)', () => {
    const impure = tree.filter(({ file }) => pureFiles.test(file));

    expect(impure.flatMap((source) => readImpurities(source).map((what) => `${source.file}:${what}`))).toEqual([]);
  });

  it.each([
    { code: 'export async function f() {}', what: '1:async' },
    { code: '\nconst f = async () => 1;', what: '2:async' },
    { code: 'const now = Date.now();', what: '1:Date.now' },
    { code: 'const now = new Date();', what: '1:new Date()' },
    { code: 'const now = Date();', what: '1:Date()' },
    { code: 'const roll = `${Math.random()}`;', what: '1:Math.random' },
    { code: 'const now = DateTime.now();', what: '1:DateTime.now' },
  ])('would notice $code', ({ code, what }) => {
    expect(readImpurities({ file: 'src/rules/a.ts', code })).toEqual([what]);
  });

  it('leaves words and instants alone', () => {
    const code =
      "// Date.now() and async\nconst text = 'Math.random()'; const at = new Date(0); const is = a instanceof Date;";

    expect(readImpurities({ file: 'src/rules/a.ts', code })).toEqual([]);
  });
});

function zoneOf({ file }: SourceFile): Zone | undefined {
  return zones.find(({ holds }) => holds.test(file));
}

function findTrespasses(sources: readonly SourceFile[], zone: Zone): readonly string[] {
  return sources
    .filter((source) => zoneOf(source) === zone)
    .flatMap((source) =>
      readImports(source)
        .filter((imported) => !zone.mayImport.test(imported))
        .map((imported) => `${source.file} imports ${imported}`),
    );
}

/** Imports from one adapter to another; all Redis adapters share `redis.ts`, which connects. */
function findForeignAdapters(sources: readonly SourceFile[]): readonly string[] {
  return sources.flatMap((source) =>
    readImports(source)
      .filter((imported) => imported !== 'src/adapters/redis.ts')
      .filter((imported) => adapterOf(source.file) !== null && adapterOf(imported) !== null)
      .filter((imported) => adapterOf(imported) !== adapterOf(source.file))
      .map((imported) => `${source.file} imports ${imported}`),
  );
}

/** The file or folder right below `adapters`. */
function adapterOf(file: string): string | null {
  return /^src\/adapters\/([^/]+)/.exec(file)?.[1] ?? null;
}
