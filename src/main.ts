import { config as readDotenv } from 'dotenv';

import { runCli } from './cli/cli.ts';
import { endWithLauncher } from './cli/end-with-launcher.ts';

endWithLauncher();
readDotenv({ quiet: true });

const stopping = new AbortController();
const reloads: (() => void)[] = [];
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stopping.abort());
process.on('SIGHUP', () => {
  for (const reload of reloads) reload();
});

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
});
// What is still open belongs to a call that nobody waits for any more.
setTimeout(() => process.exit(), 200).unref();

/** Whoever reads may have seen enough, as `head` has: the command goes on to its end and its exit code. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
