import { expect, it } from 'vitest';

import { startCompany } from '../support/company-world.ts';
import { WITHOUT_BUYER } from '../support/company.ts';
import { findViolations } from './checker.ts';
import { writesIn } from './fault-world.ts';
import { attemptsIn } from './request-facts.ts';

const STAGES = ['Needs Analysis', 'Proposal/Price Quote', 'Qualification'];

it('batches that come late, doubled and in reverse, the first write refused, leave what the deal says now (FM 53)', async () => {
  await using started = await startCompany();
  const { world, company, org, sandbox, clock } = started;
  const { redis, prefix } = world.fresh;
  const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
  const poller = world.start({ only: 'poller' });
  await poller.seen('poll.completed', ({ object, rows }) => object === 'Opportunity' && rows > 0);
  for (const StageName of STAGES) {
    clock.advance(1);
    org.as('max@northwind.example').update(deal, { StageName });
    await poller.next('poll.completed', ({ object, rows }) => object === 'Opportunity' && rows > 0);
  }
  await poller.stop();
  const line = `${prefix}:queue:opportunity:wait`;
  const waiting = await redis.lrange(line, 0, -1);
  await redis.del(line);
  await redis.rpush(line, ...waiting.toReversed(), ...waiting);
  sandbox.faults.add({
    when: { kind: 'collection' },
    times: 1,
    do: { kind: 'refuse-rows', code: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access' },
  });

  await world.once();

  expect(waiting.length).toBeGreaterThan(STAGES.length);
  expect(company.flags(deal)).toMatchObject({ status: 'compliant', missing: null });
  expect(attemptsIn(sandbox.log.entries)).toHaveLength(2);
  expect(findViolations(sandbox)).toEqual([]);
  expect(writesIn(await world.once())).toEqual([]);
});
