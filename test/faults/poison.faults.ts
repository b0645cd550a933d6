import { expect, it } from 'vitest';

import type { LoggedRequest } from '../../src/sandbox/request-log.ts';
import { startCompany } from '../support/company-world.ts';
import { findViolations } from './checker.ts';
import { deadLetters, someDeals, unflagged } from './many-deals.ts';
import { attemptsIn } from './request-facts.ts';

it('a batch of which one record makes the org fail each time is written all the same, but for that one (FM 26, I28)', async () => {
  await using started = await startCompany();
  const { world, sandbox } = started;
  const deals = someDeals(started, 60);
  const poison = deals[20]!;
  const isPoisoned = (request: LoggedRequest): boolean => attemptsIn([request]).some(({ id }) => id === poison);
  const failing = sandbox.faults.add({
    when: { where: isPoisoned },
    do: {
      kind: 'answer',
      status: 500,
      body: [{ errorCode: 'UNKNOWN_EXCEPTION', message: 'An unexpected error occurred (1234)' }],
      headers: { 'content-type': 'application/json' },
    },
  });

  await world.once();

  expect(failing.fired()).toBe(8);
  expect(unflagged(started, deals)).toEqual([poison]);
  expect(await deadLetters(started)).toMatchObject([{ record_id: poison }]);
  failing.off();
  expect(findViolations(sandbox, { isSettled: false })).toEqual([]);
});
