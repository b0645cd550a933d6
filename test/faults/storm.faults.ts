import { expect, it } from 'vitest';

import { raiseStorm } from './storm.ts';

/** `ROLECALL_STORM_SECONDS=600 npm run test:faults -- storm`; the seed chooses what happens, not when a daemon notices. */
const SECONDS = Number(process.env['ROLECALL_STORM_SECONDS'] ?? 20);
const SEED = Number(process.env['ROLECALL_SEED'] ?? Math.floor(Date.now() / 86_400_000));

it(
  `a storm of ${SECONDS} s (ROLECALL_SEED=${SEED}) of kills, freezes, a Redis that fails, an org that fails, late commits, people and edits of the configuration ends in the desired state (I1–I28, I33–I36, I39)`,
  async () => {
    const { diary, requests, wrong } = await raiseStorm(SEED, SECONDS);

    console.info(`${diary.length} mishaps, ${requests} requests, ${wrong.length} violations`);
    expect({ wrong, diary: wrong.length === 0 ? [] : diary }).toEqual({ wrong: [], diary: [] });
  },
  SECONDS * 1_000 + 240_000,
);
