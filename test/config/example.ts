import { readFileSync } from 'node:fs';

import type { OrgFacts } from '../../src/config/live.ts';
import { checkLive } from '../../src/config/live.ts';
import { loadConfig } from '../../src/config/load.ts';
import { printProblem } from '../../src/config/problem.ts';
import type { Config } from '../../src/config/schema.ts';
import { aFolder } from './folder.ts';

/** The files of the example, by name. */
export const example = Object.fromEntries(
  ['org', 'routing', 'enforcement'].map((name) => [`${name}.yaml`, readFileSync(`config/${name}.yaml`, 'utf8')]),
);

/** The problems of a configuration in an org, without the folder. */
export function liveProblems(org: OrgFacts, files: Readonly<Record<string, string>> = example): readonly string[] {
  const folder = aFolder({ 'lists/named_accounts.csv': 'acme.example', ...files });
  const { config, located, problems } = loadConfig(folder);
  if (config === null) throw new Error(problems.map(printProblem).join('\n'));
  return checkLive(config, located, org).map((problem) => printProblem(problem).replaceAll(`${folder}/`, ''));
}

/** The place in the example where a text stands for the nth time, as `file:line:column`. */
export function placeOf(text: string, nth = 1): string {
  for (const [file, content] of Object.entries(example)) {
    const parts = content.split(text);
    if (parts.length <= nth) continue;
    const before = parts.slice(0, nth).join(text).split('\n');
    return `${file}:${before.length}:${(before.at(-1) ?? '').length + 1}`;
  }
  throw new Error(`the example has no "${text}"`);
}

export function aConfig(files: Readonly<Record<string, string>>): Config {
  const { config, problems } = loadConfig(aFolder(files));
  if (config === null) throw new Error(problems.map(printProblem).join('\n'));
  return config;
}
