import { expect, it } from 'vitest';

import { updateEnMasse } from './mass-update.ts';

it('a mass update of leads writes and decides nothing, and a new lead overtakes it (XE26)', async () => {
  const done = await updateEnMasse(2_200);

  expect(done).toMatchObject({ writes: 0, decisions: 0, lookedAt: 2_200, owner: 'ron' });
  // What was in work already when the newcomer was queued is at most a batch.
  expect(done.lookedAtBefore).toBeLessThanOrEqual(1_000);
});
