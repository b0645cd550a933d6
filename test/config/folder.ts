import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { loadConfig } from '../../src/config/load.ts';
import { printProblem } from '../../src/config/problem.ts';

/** A folder with these files, by path inside it. */
export function aFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'rolecall-config-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

/** The least that a configuration must have. */
export const ORG_YAML = `org: { timezone: Europe/London, default_calendar: always }
extract: { start_at: 2026-10-01T00:00:00Z }
calendars: { always: { timezone: UTC, open: { mon-sun: ["00:00-24:00"] } } }
`;

/** The problems of a folder as `rolecall check` prints them, without the folder. */
export function problemsOf(files: Readonly<Record<string, string | Uint8Array>>): readonly string[] {
  const folder = aFolder(files);
  return loadConfig(folder).problems.map((problem) => printProblem(problem).replaceAll(`${folder}/`, ''));
}

/** The problems of one file beside the least that must be there. */
export function problemsIn(rules: string): readonly string[] {
  const section = rules.slice(0, rules.indexOf(':'));
  const org = ORG_YAML.split('\n').filter((line) => !line.startsWith(`${section}:`));
  return problemsOf({ 'org.yaml': org.join('\n'), 'rules.yaml': rules });
}

/** The errors of one file of rules beside a valid `org`; what the lint finds in such short rules is not asked. */
export function errorsIn(rules: string): readonly string[] {
  return problemsIn(rules).filter((line) => / error [A-Z]/.test(line));
}
