import { expect, it } from 'vitest';

import { runCrashPoints } from './crash-points.ts';

/** `all`, or one point as a failure names it. */
const CHOICE = process.env['ROLECALL_CRASH_POINTS'] ?? 'all';

it(`every moment of every request (${CHOICE}) at which the daemon is killed, its connection cut or Redis emptied: each ends as if nothing had happened (F40, XE17, XE19, XE22, XE23, I33, I34)`, async () => {
  const { points, unreached, failures } = await runCrashPoints(CHOICE);

  console.info(`${points} crash points, ${unreached} not reached, ${failures.length} failures`);
  expect(failures).toEqual([]);
  expect(points).toBeGreaterThan(0);
}, 5_400_000);
