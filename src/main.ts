import { config as readDotenv } from 'dotenv';

import { runCli } from './cli/cli.ts';
import { EXIT } from './cli/command.ts';
import { endWithLauncher } from './cli/end-with-launcher.ts';
import { unforeseen } from './domain/unforeseen.ts';

/** Within ten seconds of a signal the process has ended, whatever hangs. */
const LONGEST_STOP = 9_800;
/** Somebody who asks again so much later wants it at once. */
const PATIENCE = 5_000;

endWithLauncher();
readDotenv({ quiet: true });

const stopping = new AbortController();
let askedAt = 0;
const reloads: (() => void)[] = [];
const crashes: ((error: unknown) => void)[] = [];
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
process.on('SIGHUP', () => {
  for (const reload of reloads) reload();
});
// A rejection that nobody handles comes here as well.
process.on('uncaughtException', crash);

for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);

process.exitCode = await runCli(process.argv.slice(2), {
  terminal: {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    isInteractive: process.stdout.isTTY,
  },
  env: process.env,
  signal: stopping.signal,
  onReload: (listener) => reloads.push(listener),
  onCrash: (listener) => crashes.push(listener),
});
// What is still open belongs to a call that nobody waits for any more.
setTimeout(() => process.exit(), 200).unref();

function stop(): void {
  if (stopping.signal.aborted) {
    if (performance.now() - askedAt >= PATIENCE) process.exit();
    return;
  }
  askedAt = performance.now();
  stopping.abort();
  setTimeout(() => process.exit(), LONGEST_STOP).unref();
}

/** The daemon tells of it and stops in order; any other command has nothing to bring in order. */
function crash(error: unknown): void {
  process.exitCode = EXIT.internal;
  if (crashes.length === 0) {
    const { message, mend } = unforeseen(error);
    process.stderr.write(`rolecall: ${message}\n  → ${mend ?? ''}\n`, () => process.exit());
    return;
  }
  for (const tell of crashes) tell(error);
  setTimeout(() => process.exit(), LONGEST_STOP).unref();
}

/** Whoever reads may have seen enough, as `head` has: the command goes on to its end and its exit code. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
