// A program of its own that runs one daemon and can be killed: what the fault suite runs as if it were in-process, but
// for `kill -9`. Its settings come as JSON in its argument; each event is a line of its output.
import type { Deadlines } from '../../src/adapters/salesforce/settings.ts';
import { runDaemon } from '../../src/app/run-daemon.ts';
import type { Environment } from '../../src/config/env.ts';
import { createHurriedClock } from '../support/hurried-clock.ts';
import { impatient } from '../support/impatient.ts';

export type ChildSettings = {
  readonly environment: Environment;
  readonly once: boolean;
  /** How many times as fast as real time its timers run. */
  readonly haste: number;
  /** Whether the org's clock stands still. */
  readonly isOrgStill?: boolean;
  readonly deadlines?: Partial<Deadlines>;
};

const { environment, once, haste, isOrgStill = false, deadlines = {} } = JSON.parse(process.argv[2]!) as ChildSettings;
const stopping = new AbortController();
process.on('SIGTERM', () => stopping.abort());
// What is still held after everything that can go is gone; a soak asks for it.
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  process.stdout.write(`${JSON.stringify({ event: 'memory', heap: process.memoryUsage().heapUsed })}\n`);
});
process.stdout.write('{"event":"ready"}\n');
await runDaemon(
  {
    environment,
    version: 'test',
    only: null,
    once,
    dryRun: false,
    allowOffline: false,
    subscribers: [(event, fields) => process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`)],
    adjust: impatient,
    deadlines,
    clock: createHurriedClock(haste),
    // The org is in another process, and does not hurry.
    orgTimer: () => (isOrgStill ? 0 : performance.now()),
  },
  {
    stop: stopping.signal,
    onReload: (listener) => {
      process.on('SIGHUP', listener);
    },
  },
);
