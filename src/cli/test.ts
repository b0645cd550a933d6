import { parseArgs } from 'node:util';

import { readLocalEnvironment } from '../config/env.ts';
import { loadConfig } from '../config/load.ts';
import { printProblem } from '../config/problem.ts';
import type { Instant } from '../domain/instant.ts';
import { EXIT } from './command.ts';
import type { Command, Terminal } from './command.ts';
import { describeResults, printResults, runConfigTests } from './run-config-tests.ts';

const HELP = `rolecall test [--json]

Runs the tests: of the configuration in CONFIG_DIR. Needs no org and no Redis.
A test without "at" is decided as of now.

  --json   one array with a result per test: name, place, passed, expected, actual

Exits with 0 when all pass, with 2 when one fails or the configuration has errors.`;

/** Runs the rules' own examples on the rules that the daemon uses. */
export const TEST: Command = {
  name: 'test',
  summary: 'run the tests of the configuration',
  help: HELP,
  async run(args, { terminal, env }) {
    const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } });
    const { configFolder } = readLocalEnvironment(env, { isTerminal: terminal.isInteractive });
    return runTestCommand({ folder: configFolder, json: values.json, terminal, now: Date.now() });
  },
};

/**
 * Tests the configuration of a folder. Problems of the files go to `err`.
 * @throws AppError `config-folder` (fix-config)
 * @returns the exit code
 */
export function runTestCommand(options: {
  readonly folder: string;
  readonly json: boolean;
  readonly terminal: Terminal;
  readonly now: Instant;
}): number {
  const { folder, json, terminal, now } = options;
  const { config, problems, located } = loadConfig(folder);
  for (const problem of problems) terminal.err(printProblem(problem));
  if (config === null) return EXIT.invalidConfig;

  const results = runConfigTests(config, located, now);
  if (json) terminal.out(JSON.stringify(describeResults(results)));
  else for (const line of printResults(results)) terminal.out(line);
  return results.every(({ passed }) => passed) ? EXIT.ok : EXIT.invalidConfig;
}
