import { closest } from 'fastest-levenshtein';

import { AppError } from '../domain/error.ts';
import { CHECK } from './check.ts';
import { EXIT, type Command, type CommandWorld } from './command.ts';
import { DEAD } from './dead.ts';
import { DEMO } from './demo.ts';
import { START } from './start.ts';
import { TEST } from './test.ts';

const COMMANDS: readonly Command[] = [START, DEMO, CHECK, TEST, DEAD];

/**
 * Runs one command line, without the program's name. Every error ends as one plain message on `err`.
 * @returns the exit code (F44)
 */
export async function runCli(argv: readonly string[], world: CommandWorld): Promise<number> {
  const [name, ...args] = argv;
  const { terminal } = world;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    terminal.out(overview());
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  const command = COMMANDS.find((known) => known.name === name);
  if (command === undefined) {
    const nearest = closest(
      name,
      COMMANDS.map((known) => known.name),
    );
    terminal.err(`rolecall: "${name}" is not a command; did you mean "${nearest}"? See rolecall --help`);
    return EXIT.usage;
  }
  if (args.includes('--help') || args.includes('-h')) {
    terminal.out(command.help);
    return EXIT.ok;
  }
  try {
    return await command.run(args, world);
  } catch (error) {
    return tellError(command, error, world);
  }
}

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return [
    'rolecall COMMAND [options]',
    '',
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'rolecall COMMAND --help tells more.',
  ].join('\n');
}

function tellError(command: Command, error: unknown, { terminal, signal }: CommandWorld): number {
  if (signal.aborted) return EXIT.ok;
  if (error instanceof AppError) {
    // Problems of the configuration stand a line each, as `check` prints them.
    if (error.code === 'config-invalid' || error.code === 'live-invalid') terminal.err(error.message);
    else terminal.err(`rolecall: ${error.message}${error.mend === null ? '' : `\n  → ${error.mend}`}`);
    return exitCodeOf(error);
  }
  if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
    terminal.err(`rolecall ${command.name}: ${error.message}\n  → see rolecall ${command.name} --help`);
    return EXIT.usage;
  }
  throw error;
}

/** What the environment or a file has wrong is 2; what the org has wrong or refuses is 4 (F44). */
function exitCodeOf(error: AppError): number {
  if (error.code === 'usage') return EXIT.usage;
  const isOurs = error.code.startsWith('env-') || error.code.startsWith('config-') || error.code.startsWith('redis-');
  return isOurs || error.code === 'http-port' ? EXIT.invalidConfig : EXIT.liveFailed;
}
