import { setTimeout as pass } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { makeRandom } from '../../src/sandbox/random.ts';
import { startCrashWorld } from './crash-world.ts';
import { startChild } from './start-child.ts';

/** `ROLECALL_SOAK_SECONDS=3600 npm run test:faults -- soak` for an hour. */
const SECONDS = Number(process.env['ROLECALL_SOAK_SECONDS'] ?? 60);
/** What the heap may grow by over the last half (I38), and what a garbage collector leaves to chance, bytes. */
const GROWTH = 0.05;
const CHANCE = 1024 * 1024;

it(
  `a soak of ${SECONDS} s: the memory of a daemon that polls, decides and writes is flat (I38)`,
  async () => {
    await using started = await startCrashWorld();
    const { world, sandbox, org } = started;
    const child = startChild({ environment: world.environment, once: false, haste: 5 });
    await child.ready;
    const random = makeRandom(1);
    const leads = org.all('Lead', ({ IsConverted }) => IsConverted !== true).map(({ Id }) => String(Id));
    const deals = org.all('Opportunity', ({ IsClosed }) => IsClosed !== true).map(({ Id }) => String(Id));
    const until = performance.now() + SECONDS * 1_000;
    for (let change = 0; performance.now() < until; change++) {
      // As many records at the end as at the start: what grows is the daemon.
      const [lead, deal] = [leads, deals].map((ids) => ids[Math.floor(random() * ids.length)]!);
      org.admin.update(lead!, { Title: `edit ${change}` });
      org.admin.update(deal!, { Amount: 20_000 + (change % 2) * 60_000 });
      await pass(100);
      if (change % 20 === 0) child.kill('SIGUSR2');
      if (change % 100 === 0) sandbox.log.clear();
    }
    child.kill('SIGTERM');
    const { code, told } = await child.ended;

    const lines = told.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Told] : []));
    const heaps = lines.flatMap(({ event, heap }) => (event === 'memory' ? [Number(heap)] : []));
    const half = heaps.slice(heaps.length / 2);
    const [earlier, later] = [median(half.slice(0, half.length / 2)), median(half.slice(half.length / 2))];
    console.info(`${heaps.length} looks, ${mega(earlier)} MB in the third quarter, ${mega(later)} MB in the last`);
    expect(code).toBe(0);
    expect(lines.filter(({ event }) => event === 'decision').length).toBeGreaterThan(SECONDS / 2);
    expect(later).toBeLessThan(earlier * (1 + GROWTH) + CHANCE);
  },
  SECONDS * 1_000 + 120_000,
);

type Told = { readonly event: string; readonly heap?: number };

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

function mega(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
