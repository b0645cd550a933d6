import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

import type { ChildSettings } from './daemon-child.ts';

export type DaemonChild = {
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM' | 'SIGHUP' | 'SIGUSR2'): void;
  /** Settles when signals reach the daemon: before that, they end the process as they end any other. */
  readonly ready: Promise<unknown>;
  /** Settles when the daemon is at work, or has ended. */
  readonly started: Promise<unknown>;
  /** Settles when the process has ended: with its exit code, null when it was killed, and all that it told. */
  readonly ended: Promise<{ readonly code: number | null; readonly told: string }>;
};

/**
 * Starts a daemon in a process of its own; what was compiled once is not compiled again.
 * @param clockWrongBy  how far ahead of the right time its wall clock is, ms
 */
export function startChild(settings: ChildSettings, clockWrongBy = 0): DaemonChild {
  const program = path.join(import.meta.dirname, 'daemon-child.ts');
  const clock = clockWrongBy === 0 ? [] : ['--import', path.join(import.meta.dirname, '../support/shifted-date.ts')];
  const child = spawn(process.execPath, ['--expose-gc', ...clock, program, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_COMPILE_CACHE: path.join(tmpdir(), 'rolecall-compiled'),
      ROLECALL_CLOCK_WRONG_BY: String(clockWrongBy),
    },
  });
  const ended = Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]).then(
    ([[code], out, err]) => ({ code: code as number | null, told: out + err }),
  );
  const ready = Promise.race([once(child.stdout, 'data'), ended]);
  const atWork = Promise.withResolvers<void>();
  createInterface(child.stdout).on('line', (line) => {
    if (line.startsWith('{"event":"daemon.started"')) atWork.resolve();
  });
  return { ready, started: Promise.race([atWork.promise, ended]), kill: (signal) => void child.kill(signal), ended };
}
