import { setTimeout as delay } from 'node:timers/promises';

import type { Clock } from '../../src/ports.ts';

/** Real time, so many times as fast: what waits for five minutes waits for seconds. */
export function createHurriedClock(factor: number): Clock {
  return {
    monotonic: () => performance.now() * factor,
    async sleep(ms, signal) {
      await delay(ms / factor, undefined, { signal });
    },
  };
}
