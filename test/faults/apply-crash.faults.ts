import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { runOn } from '../support/desk.ts';
import { findViolations } from './checker.ts';
import { runProcess } from './daemon-process.ts';
import { startFaultWorld, writesIn } from './fault-world.ts';
import { attemptsIn } from './request-facts.ts';

/** The writes of the plan, in order: owners, tasks about leads, flags, tasks about deals. */
const WRITES = [1, 2, 3, 4];

/** When the process is killed: before the write is done, or before its answer is there. */
const WHENS = ['onRequest', 'afterCommit'] as const;

const POINTS = WRITES.flatMap((write) => WHENS.map((when) => ({ write, when })));

describe.concurrent('rolecall apply, killed in the middle of a batch', () => {
  it.each(POINTS)(
    'at write $write ($when), and run again: it writes the rest, nothing twice, and ends with 0 (XE15, XE23, F40, F44)',
    async ({ write, when }) => {
      await using started = await startFaultWorld();
      const { world, sandbox, clock } = started;
      const file = path.join(world.folder, 'plan.json');
      expect(await runOn(world, ['plan', '--out', file])).toMatchObject({ code: 0 });
      const { rows } = JSON.parse(readFileSync(file, 'utf8')) as { readonly rows: readonly unknown[] };
      const killed = runProcess(world, ['apply', file]);
      let seen = 0;
      sandbox.hooks[when] = async (request) => {
        if (attemptsIn([request]).length > 0 && ++seen === write) killed.child.kill('SIGKILL');
      };
      expect(await killed.ended).toMatchObject({ code: null, out: [] });
      sandbox.hooks[when] = null;

      const again = await runOn(world, ['apply', file, '--json']);

      expect(again).toMatchObject({ code: 0 });
      const { applied, done, left, untried } = JSON.parse(again.out[0]!) as Readonly<Record<string, unknown>>;
      expect([left, untried, Number(applied) + Number(done)]).toEqual([[], 0, rows.length]);
      const third = await runOn(world, ['apply', file]);
      expect(third.out).toEqual([`0 applied, ${rows.length} done before, 0 stale, 0 refused`]);
      clock.advance(60);
      expect(writesIn(await world.once())).toEqual([]);
      expect(findViolations(sandbox)).toEqual([]);
    },
    240_000,
  );
});
