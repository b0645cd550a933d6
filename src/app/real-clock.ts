import { setTimeout as delay } from 'node:timers/promises';

import type { Clock } from '../ports.ts';

/** Time as it passes. */
export const REAL_CLOCK: Clock = {
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal });
  },
};
