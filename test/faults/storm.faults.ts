import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it } from 'vitest';

import { raiseStorm } from './storm.ts';

/** `ROLECALL_STORM_SECONDS=600 npm run test:faults -- storm`; the seed tells what happens, not when a daemon notices. */
const SECONDS = Number(process.env['ROLECALL_STORM_SECONDS'] ?? 20);
const SEED = Number(process.env['ROLECALL_SEED'] ?? Math.floor(Date.now() / 86_400_000));

it(
  `a storm of ${SECONDS} s (ROLECALL_SEED=${SEED}) of kills, freezes, a Redis that fails, an org that fails, late commits, people and edits of the configuration ends in the desired state (I1–I31, I33–I36, I39)`,
  async () => {
    const { diary, course, mishaps, requests, wrong } = await raiseStorm(SEED, SECONDS);

    const file = path.join(tmpdir(), `rolecall-storm-${SEED}.txt`);
    writeFileSync(file, [...diary, ...course].join('\n'));
    console.info(`${mishaps} mishaps, ${requests} requests, ${wrong.length} violations; what happened: ${file}`);
    expect(wrong).toEqual([]);
  },
  SECONDS * 2_000 + 300_000,
);
