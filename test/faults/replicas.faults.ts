import { setTimeout as pass } from 'node:timers/promises';

import { beforeAll, describe, expect, it } from 'vitest';

import { makeRandom } from '../../src/sandbox/random.ts';
import { findViolations } from './checker.ts';
import { startCrashWorld } from './crash-world.ts';
import { SHORT, writesIn } from './fault-world.ts';
import { doSomething } from './people.ts';
import { attemptsIn } from './request-facts.ts';
import { startChild } from './start-child.ts';

/** `ROLECALL_SEED=7 npm run test:faults -- replicas` repeats what people do. */
const SEED = Number(process.env['ROLECALL_SEED'] ?? 1);
const HASTE = 5;
const SECONDS = 30;
const DOINGS = 120;

type Lived = {
  /** Calls that wrote nothing, of all replicas, from their start to their end. */
  readonly reads: number;
  /** How many of the replicas wrote something. */
  readonly writers: number;
  readonly wrong: readonly string[];
};

/** Half a busy minute: the same seed has people do much the same, however many daemons look on. */
async function liveBusily(replicas: number): Promise<Lived> {
  await using started = await startCrashWorld();
  const { world, sandbox, clock } = started;
  const children = Array.from({ length: replicas }, () =>
    startChild({ environment: world.environment, once: false, haste: HASTE, deadlines: SHORT }),
  );
  await Promise.all(children.map(({ ready }) => ready));
  const random = makeRandom(SEED);
  for (let doing = 0; doing < DOINGS; doing++) {
    doSomething(started, (choices) => choices[Math.floor(random() * choices.length)]!);
    await pass((SECONDS * 1_000) / DOINGS);
  }
  for (const child of children) child.kill('SIGTERM');
  const ends = await Promise.all(children.map(({ ended }) => ended));
  const writing = new Set(attemptsIn(sandbox.log.entries).map(({ request }) => request));
  const reads = sandbox.log.entries.filter((request) => request.kind !== 'token' && !writing.has(request)).length;
  const writers = new Set([...writing].map(({ headers }) => headers['authorization'])).size;

  await world.once();
  // The org tells of deleted roles by the minute, and of a late commit when it is over.
  clock.advance(120);
  await world.once();
  clock.advance(120);
  const quietFrom = sandbox.log.entries.length;
  const late = writesIn(await world.once());
  return {
    reads,
    writers,
    wrong: [
      ...ends.flatMap(({ code, told }) => (code === 0 ? [] : [`I32: ended with ${code}: ${told.slice(-1_500)}`])),
      ...findViolations(sandbox, { isJudged: true, haste: HASTE, quietFrom }),
      ...late.map((write) => `I11: written in a quiet org: ${JSON.stringify(write)}`),
    ],
  };
}

let alone: Lived;

beforeAll(async () => {
  alone = await liveBusily(1);
}, 120_000);

describe(`over half a busy minute (ROLECALL_SEED=${SEED})`, () => {
  it('one daemon keeps every invariant (I1–I27, I36)', () => {
    expect(alone.wrong).toEqual([]);
  });

  it.each([2, 3])(
    '%i replicas keep every invariant, share the work, and read no more than twice as much as one (I1–I27, I35, I36, XE16)',
    async (replicas) => {
      const { reads, writers, wrong } = await liveBusily(replicas);

      console.info(`${reads} reads of ${replicas} replicas, ${writers} of which wrote; ${alone.reads} of one`);
      expect(wrong).toEqual([]);
      expect(writers).toBeGreaterThan(1);
      expect(reads).toBeLessThanOrEqual(2 * alone.reads);
    },
    180_000,
  );
});
