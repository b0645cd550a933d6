import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** Where the way in is: the program itself, or the launcher in front of it. */
export type Entrance = 'src/main.ts' | 'src/launch.cjs';

export type Started = {
  readonly child: ChildProcess;
  /** The next line of the standard output that is this event, parsed. */
  event(name: string): Promise<Readonly<Record<string, unknown>>>;
  /** Closes the other end of its standard output. */
  stopReading(): void;
  /** Settles when the process has ended. */
  readonly ended: Promise<Ended>;
};

export type Ended = { readonly code: number | null; readonly out: readonly string[]; readonly err: string };

/**
 * Runs rolecall as people do, in a process of its own, with these variables and no others.
 * @param folder  its working directory, where it would read a `.env`
 */
export function startCli(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  folder: string,
  entrance: Entrance = 'src/main.ts',
): Started {
  const child = spawn(process.execPath, [path.join(root, entrance), ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: string[] = [];
  const lines = createInterface(child.stdout);
  lines.on('line', (line) => out.push(line));
  const printed = once(lines, 'close');
  const ended = Promise.all([once(child, 'exit'), text(child.stderr), printed]).then(([[code], err]): Ended => ({
    code: code as number | null,
    out,
    err,
  }));
  return {
    child,
    ended,
    stopReading() {
      lines.close();
      child.stdout.destroy();
    },
    event: (name) =>
      new Promise((resolve, reject) => {
        const look = (line: string): void => {
          const told = JSON.parse(line) as Readonly<Record<string, unknown>>;
          if (told['event'] === name) resolve(told);
        };
        for (const line of out) look(line);
        lines.on('line', look);
        void ended.then(({ err }) => reject(new Error(`it ended before ${name}: ${err}`)));
      }),
  };
}
