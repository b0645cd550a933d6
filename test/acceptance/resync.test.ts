import { expect, it } from 'vitest';

import { findViolations } from '../faults/checker.ts';
import { runProcess } from '../faults/daemon-process.ts';
import { startFaultWorld } from '../faults/fault-world.ts';

it('rolecall resync, in a process of its own, has the daemon compare an object and repair what the polls have missed (F28)', async () => {
  await using started = await startFaultWorld();
  const { world, company, sandbox, org, clock } = started;
  await world.once();
  const deal = String(org.all('Opportunity', ({ Name }) => Name === 'No buyer')[0]?.['Id']);
  const { redis, prefix } = world.fresh;
  clock.advance(3_600);
  company.addRole(deal, ['d', 'Economic Buyer']);
  const role = company.roleOf(deal, 'd');
  // The polls go past it, as if they had lost it.
  clock.advance(3_600);
  for (const object of Object.keys(await redis.hgetall(`${prefix}:watermarks`))) {
    await redis.hset(`${prefix}:watermarks`, object, clock.now());
  }
  sandbox.log.clear();
  const daemon = world.start();
  await daemon.seen('idle');
  expect(company.flags(deal).status).toBe('violation');

  const asked = await runProcess(world, ['resync', '--object', 'OpportunityContactRole']).ended;

  const gap = await daemon.seen('reconcile.gap');
  await daemon.until(() => company.flags(deal).status === 'compliant');
  await daemon.stop();
  expect(asked).toMatchObject({ code: 0, out: ['OpportunityContactRole will be compared'] });
  expect(JSON.parse(asked.err)).toMatchObject({
    level: 'info',
    event: 'resync.requested',
    objects: ['OpportunityContactRole'],
    by: expect.any(String) as unknown,
  });
  expect(gap).toMatchObject({ object: 'OpportunityContactRole', record_id: role, kind: 'missed' });
  expect(findViolations(sandbox)).toEqual([]);
  const wrong = await runProcess(world, ['resync', '--object', 'Account']).ended;
  expect(wrong).toMatchObject({ code: 1, out: [] });
  expect(wrong.err).toContain('Opportunity');
}, 60_000);
