import { expect, it } from 'vitest';

import { updateEnMasse } from '../poll/mass-update.ts';

it('80,000 leads with a new stamp write and decide nothing, and a new lead overtakes them (XE26)', async () => {
  const done = await updateEnMasse(80_000);

  expect(done).toMatchObject({ writes: 0, decisions: 0, lookedAt: 80_000, owner: 'ron' });
  // Units are put into the queue before all pages are read, so that memory stays flat: those are in work first.
  expect(done.lookedAtBefore).toBeLessThanOrEqual(40_000);
});
