import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { loadConfig } from '../../src/config/load.ts';
import { aFolder, ORG_YAML } from './folder.ts';

const folder = aFolder({ 'org.yaml': ORG_YAML });
const file = path.join(folder, 'rules.yaml');

/** Loads whatever the file holds; a configuration is there exactly when no problem is an error. */
function expectAnAnswer(content: string | Uint8Array): void {
  writeFileSync(file, content);
  const { config, problems } = loadConfig(folder);

  expect(config === null).toBe(problems.some(({ level }) => level === 'error'));
  for (const { line, column } of problems) expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
}

test('any bytes give a configuration or problems, never an exception', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), expectAnAnswer), { numRuns: 100 });
});

test('text of the signs that YAML lives on does, too', () => {
  const sign = fc.constantFrom(...SIGNS);

  fc.assert(
    fc.property(fc.array(sign, { maxLength: 60 }), (signs) => {
      expect(() => expectAnAnswer(signs.join(''))).not.toThrow();
    }),
    { numRuns: 100 },
  );
});

const SIGNS = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '&',
  '*',
  '!',
  '|',
  '>',
  '-',
  '?',
  '#',
  '%',
  '@',
  '`',
  '"',
  "'",
  '<',
  '~',
  ' ',
  '\n',
  '\t',
  'a',
  '1',
  'routing',
  'tests',
  ': ',
  '- ',
  '<<: ',
  '&a ',
  '*a',
];

const junk = fc.oneof(
  fc.constantFrom(
    '~',
    '[]',
    '{}',
    '""',
    '-1',
    '1e400',
    'true',
    '{ any: 3 }',
    '[[1]]',
    '{ not: ~ }',
    '*x',
    '3bd',
    '[~]',
  ),
  fc.string({ maxLength: 8 }),
);

test.each(['routing.yaml', 'enforcement.yaml', 'org.yaml', 'tests.yaml'])(
  '%s with one value replaced by anything gives an answer',
  (name) => {
    const lines = readFileSync(path.join('config', name), 'utf8').split('\n');
    const damaged = aFolder({ 'rules.yaml': '' });

    fc.assert(
      fc.property(fc.nat(lines.length - 1), junk, (index, value) => {
        const line = (lines[index] ?? '').replace(/:\s.*$/, `: ${value}`);
        writeFileSync(path.join(damaged, 'rules.yaml'), lines.toSpliced(index, 1, line).join('\n'));

        expect(() => loadConfig(damaged)).not.toThrow();
      }),
      { numRuns: 25 },
    );
  },
);

test('values of the example replaced in place, between braces, give an answer', () => {
  const source = ['org', 'routing', 'enforcement', 'tests'].map((name) => readFileSync(`config/${name}.yaml`, 'utf8'));
  const text = source.join('\n');
  const values = Array.from(text.matchAll(/: ([^\s{[,}][^,}\n]*)/g), ({ index }) => index + 2);
  const damaged = aFolder({ 'rules.yaml': '' });

  fc.assert(
    fc.property(fc.constantFrom(...values), junk, (index, value) => {
      const rest = text.slice(index).replace(/^[^,}\n]*/, value);
      writeFileSync(path.join(damaged, 'rules.yaml'), text.slice(0, index) + rest);

      expect(() => loadConfig(damaged)).not.toThrow();
    }),
    { numRuns: 60 },
  );
});
