import type { Clock } from '../../src/ports.ts';

export type ManualClock = Clock & {
  /** Moves the timer on and wakes every sleep that is over by then. */
  advance(ms: number): Promise<void>;
  /** How many sleeps are waiting. */
  sleeping(): number;
};

/** A clock that stands still until a test moves it. */
export function createManualClock(): ManualClock {
  let now = 0;
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  return {
    monotonic: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason as Error);
          return;
        }
        const sleeper = {
          until: now + ms,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal.addEventListener('abort', () => {
          if (sleepers.delete(sleeper)) reject(signal.reason as Error);
        });
      }),
    sleeping: () => sleepers.size,
    async advance(ms) {
      now += ms;
      for (const sleeper of [...sleepers].filter(({ until }) => until <= now)) sleeper.wake();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
