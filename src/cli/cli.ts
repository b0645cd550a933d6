import { closest } from 'fastest-levenshtein';

import { AppError } from '../domain/error.ts';
import { unforeseen } from '../domain/unforeseen.ts';
import { EXIT, type Command, type CommandWorld } from './command.ts';

/** Each is loaded when it is asked for: `test` need not wait for what the daemon is made of. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.ts')).START,
  demo: async () => (await import('./demo.ts')).DEMO,
  check: async () => (await import('./check.ts')).CHECK,
  test: async () => (await import('./test.ts')).TEST,
  explain: async () => (await import('./explain.ts')).EXPLAIN,
  doctor: async () => (await import('./doctor.ts')).DOCTOR,
  plan: async () => (await import('./plan.ts')).PLAN,
  apply: async () => (await import('./apply.ts')).APPLY,
  undo: async () => (await import('./undo.ts')).UNDO,
  dead: async () => (await import('./dead.ts')).DEAD,
  pause: async () => (await import('./pause.ts')).PAUSE,
  resume: async () => (await import('./resume.ts')).RESUME,
  discard: async () => (await import('./discard.ts')).DISCARD,
  pool: async () => (await import('./pool.ts')).POOL,
  reroute: async () => (await import('./reroute.ts')).REROUTE,
  export: async () => (await import('./export.ts')).EXPORT,
  report: async () => (await import('./report.ts')).REPORT,
  requalify: async () => (await import('./requalify.ts')).REQUALIFY,
  resync: async () => (await import('./resync.ts')).RESYNC,
};

/**
 * Runs one command line, without the program's name. Every error ends as one plain message on `err`.
 * @returns the exit code (F44)
 */
export async function runCli(argv: readonly string[], world: CommandWorld): Promise<number> {
  const [name, ...args] = argv;
  const { terminal } = world;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    terminal.out(await overview());
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  const load = COMMANDS[name];
  if (load === undefined) {
    const nearest = closest(name, Object.keys(COMMANDS));
    terminal.err(`rolecall: "${name}" is not a command; did you mean "${nearest}"? See rolecall --help`);
    return EXIT.usage;
  }
  const command = await load();
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

async function overview(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'rolecall COMMAND [options]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
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
  const { message, mend } = unforeseen(error);
  terminal.err(`rolecall: ${message}\n  → ${mend ?? ''}`);
  return EXIT.internal;
}

/** What the environment or a file has wrong is 2; what the org has wrong or refuses is 4 (F44). */
function exitCodeOf(error: AppError): number {
  if (error.code === 'usage') return EXIT.usage;
  if (error.code === 'blast-radius') return EXIT.blastRadius;
  if (error.code === 'internal' || error.code === 'workers-stuck') return EXIT.internal;
  const isOurs = error.code.startsWith('env-') || error.code.startsWith('config-') || error.code.startsWith('redis-');
  return isOurs || error.code === 'http-port' ? EXIT.invalidConfig : EXIT.liveFailed;
}
