import { setTimeout as pass } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { findViolations } from './checker.ts';
import { startCrashWorld } from './crash-world.ts';
import { SHORT, writesIn } from './fault-world.ts';
import { age } from './redis-mishaps.ts';
import { startChild } from './start-child.ts';

const HASTE = 10;
const STARTS = 10;
/** How long each daemon lives, real ms. */
const LIFE = 2_000;
/** Longer than any lease or lock stands, ms. */
const LEASES = 20_000;

it('a daemon that dies two seconds after each of ten starts makes a bounded number of calls at each, loses nothing and doubles nothing (XE23, I20, I33)', async () => {
  await using started = await startCrashWorld();
  const { world, sandbox, company, clock } = started;
  const calls: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    company.lead({ LastName: `Start${start}`, Country: 'Norway', PostalCode: null });
    const before = sandbox.log.count();
    const child = startChild({ environment: world.environment, once: false, haste: HASTE, deadlines: SHORT });
    await child.ready;
    await pass(LIFE);
    child.kill('SIGKILL');
    await child.ended;
    calls.push(sandbox.log.count() - before);
    // A supervisor starts it anew when what the dead one held may be taken over.
    await age(world.fresh, LEASES);
  }

  await world.once();
  clock.advance(120);
  const quietFrom = sandbox.log.entries.length;

  expect(writesIn(await world.once())).toEqual([]);
  console.info(`calls of each start: ${calls.join(', ')}`);
  // What a start takes, and as many polls of seven objects as go into two seconds at ten times the speed.
  expect(Math.max(...calls)).toBeLessThanOrEqual(60 + 7 * 20);
  expect(findViolations(sandbox, { isJudged: true, haste: HASTE, quietFrom })).toEqual([]);
}, 240_000);
