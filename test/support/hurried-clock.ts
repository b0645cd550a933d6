import { setTimeout as delay } from 'node:timers/promises';

import type { Clock } from '../../src/ports.ts';
import type { OrgClock } from '../../src/sandbox/org-clock.ts';

/**
 * Real time, but whoever sleeps wakes `factor` times as soon, and finds that the time has passed all the same:
 * for the daemon, and for the org whose clock is given.
 */
export function createHurriedClock(factor: number, org: OrgClock | null = null): Clock {
  let skipped = 0;
  const monotonic = (): number => performance.now() + skipped;
  return {
    monotonic,
    async sleep(ms, signal) {
      const until = monotonic() + ms;
      await delay(ms / factor, undefined, { signal });
      // Of several who sleep at a time, the first one awake takes the time on for the others.
      const rest = Math.max(until - monotonic(), 0);
      skipped += rest;
      org?.skip(rest);
    },
  };
}
