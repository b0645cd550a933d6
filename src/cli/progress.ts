import type { Terminal } from './command.ts';

/** Told how far something has got; draws nothing before two seconds, and nothing at all where nobody looks. */
export type Progress = {
  at(done: number, total: number, what: string): void;
  /** Takes the bar away. */
  end(): void;
};

/** How long people wait without a sign, ms. */
const PATIENCE = 2_000;
const WIDTH = 30;

/** A bar on the standard output of errors, so that results stay as they are. */
export function createProgress({ isInteractive }: Terminal): Progress {
  const begun = performance.now();
  let isDrawn = false;
  return {
    at(done, total, what) {
      if (!isInteractive || performance.now() - begun < PATIENCE) return;
      const part = total === 0 ? 1 : done / total;
      const bar = '█'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '░');
      const count = `${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} ${what}`;
      process.stderr.write(`\r\u001B[2K${bar} ${Math.floor(part * 100)} %  ${count}`);
      isDrawn = true;
    },
    end() {
      if (isDrawn) process.stderr.write('\r\u001B[2K');
    },
  };
}
