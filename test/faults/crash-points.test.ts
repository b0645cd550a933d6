import { expect, it } from 'vitest';

import { runCrashPoints } from './crash-points.ts';

/** Named by the day, so that a failure can be repeated and tomorrow's run looks elsewhere. */
const SEED = Number(process.env['ROLECALL_SEED'] ?? Math.floor(Date.now() / 86_400_000));
const COUNT = 60;

it(`sixty moments of a run (ROLECALL_SEED=${SEED}) at which the daemon is killed, its connection cut or Redis emptied: each ends as if nothing had happened (F40, XE17, XE19, XE22, XE23, I33, I34)`, async () => {
  const { points, failures } = await runCrashPoints({ seed: SEED, count: COUNT });

  expect(failures).toEqual([]);
  expect(points).toBe(COUNT);
}, 600_000);
