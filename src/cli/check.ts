import { parseArgs } from 'node:util';

import { readLocalEnvironment } from '../config/env.ts';
import { loadConfig } from '../config/load.ts';
import type { Located } from '../config/located.ts';
import { hasErrors, printProblem, sortProblems } from '../config/problem.ts';
import type { Problem } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import { AppError } from '../domain/error.ts';
import type { Instant } from '../domain/instant.ts';
import { EXIT } from './command.ts';
import type { Command, Terminal } from './command.ts';
import { describeResults, printResults, runConfigTests } from './run-config-tests.ts';

const LEVELS = ['syntax', 'graph', 'live'] as const;

/** How far a check goes (F5). */
export type CheckLevel = (typeof LEVELS)[number];

const HELP = `rolecall check [--level syntax|graph|live] [--json]

Finds every problem of the configuration in CONFIG_DIR, each as
  file:line:column level CODE message
and then runs its tests:.

  --level syntax   the files alone
  --level graph    references, cycles and coverage too, without an org; the default
  --level live     fields, picklists, stages, users and queues of the org too
  --json           one object: problems, tests

Exits with 0 when nothing is wrong, with 2 for the files, with 4 for the org. Warnings do not count.`;

/** Finds every problem of the configuration and runs its tests. */
export const CHECK: Command = {
  name: 'check',
  summary: 'find every problem of the configuration, then run its tests',
  help: HELP,
  async run(args, { terminal, env, signal }) {
    const { values } = parseArgs({
      args: [...args],
      options: { level: { type: 'string', default: 'graph' }, json: { type: 'boolean', default: false } },
    });
    const { configFolder } = readLocalEnvironment(env, { isTerminal: terminal.isInteractive });
    return runCheckCommand({
      folder: configFolder,
      level: readLevel(values.level),
      json: values.json,
      terminal,
      now: Date.now(),
      // Only this level needs the parts that talk to an org.
      checkOrg: async (config, located) => (await import('../app/check-org.ts')).checkOrg(config, located, env, signal),
    });
  },
};

/** Compares a configuration without errors with the org. */
export type CheckOrg = (config: Config, located: Located) => Promise<readonly Problem[]>;

/**
 * Checks the configuration of a folder. The org is asked only about files without errors, and tests run only on these.
 * @throws AppError `config-folder` (fix-config), or whatever keeps the org from being asked
 * @returns the exit code
 */
export async function runCheckCommand(options: {
  readonly folder: string;
  readonly level: CheckLevel;
  readonly json: boolean;
  readonly terminal: Terminal;
  readonly now: Instant;
  /** Null where there is no org to ask; then the level `live` is refused. */
  readonly checkOrg: CheckOrg | null;
}): Promise<number> {
  const { folder, level, json, terminal, now, checkOrg } = options;
  const { config, problems: offline, located } = loadConfig(folder, { level: level === 'syntax' ? 'syntax' : 'graph' });
  const live = level === 'live' && config !== null ? await askOrg(checkOrg, config, located) : [];
  const problems = sortProblems([...offline, ...live]);
  // The rules can be tried only when their references hold, however far the check itself goes.
  const testable = level === 'syntax' && config !== null ? loadConfig(folder).config : config;
  const results = testable === null ? null : runConfigTests(testable, located, now);

  if (json) terminal.out(JSON.stringify({ problems, tests: describeResults(results ?? []) }));
  else
    for (const line of [...problems.map(printProblem), ...(results === null ? [] : printResults(results))])
      terminal.out(line);
  if (hasErrors(offline) || results?.some(({ passed }) => !passed) === true) return EXIT.invalidConfig;
  return hasErrors(live) ? EXIT.liveFailed : EXIT.ok;
}

async function askOrg(checkOrg: CheckOrg | null, config: Config, located: Located): Promise<readonly Problem[]> {
  if (checkOrg !== null) return checkOrg(config, located);
  throw new AppError({
    code: 'org-not-set',
    recovery: 'fix-config',
    message: 'there is no org to check the configuration against',
    mend: 'set the variables of one OAuth flow (SF_CLIENT_ID and what goes with it), or check with --level graph',
  });
}

function readLevel(text: string): CheckLevel {
  const level = LEVELS.find((known) => known === text);
  if (level !== undefined) return level;
  throw new AppError({
    code: 'usage',
    recovery: 'fix-config',
    message: `--level is "${text}"`,
    mend: `write one of ${LEVELS.join(', ')}`,
  });
}
