import { expect, it } from 'vitest';

import { startCluster, startSentinels } from '../support/redis-fleet.ts';
import { findViolations } from './checker.ts';
import { startFaultWorld, writesIn } from './fault-world.ts';
import { describeOrg } from './final-state.ts';

it('a Cluster of three masters serves as well as one Redis: its keys share a slot', async () => {
  await using plain = await startFaultWorld();
  await plain.world.once();
  await using cluster = await startCluster();
  await using started = await startFaultWorld({}, { redisUrl: cluster.url });
  const { world, sandbox } = started;

  await world.once();

  expect(describeOrg(sandbox)).toEqual(describeOrg(plain.sandbox));
  expect(findViolations(sandbox)).toEqual([]);
  expect(writesIn(await world.once())).toEqual([]);
  expect(writesIn(await world.once({ dryRun: true }))).toEqual([]);
}, 60_000);

it('behind Sentinels, when the master is killed under load: nothing is lost or doubled, the daemon goes on (XE22, FM 42)', async () => {
  await using plain = await startFaultWorld();
  await plain.world.once();
  await using sentinels = await startSentinels();
  await using started = await startFaultWorld({}, { redisUrl: sentinels.url });
  const { world, sandbox, company } = started;
  const writing = Promise.withResolvers<void>();
  sandbox.faults.add({ when: { kind: 'collection' }, times: 1, do: { kind: 'slow-commit', millis: 1_000 } });
  sandbox.hooks.afterCommit = ({ kind }) => {
    if (kind === 'collection') writing.resolve();
  };
  const daemon = world.start();
  await writing.promise;

  await sentinels.servers[0]!.stop('SIGKILL');
  const during = company.lead({ LastName: 'During' });
  await daemon.seen('redis.reachable');

  await daemon.until(() => company.tasks(during).length === 1);
  await daemon.stop();
  await world.once();
  const { 'Lead During': late, ...others } = describeOrg(sandbox);
  expect(late).toMatchObject({ owner: 'ron@northwind.example' });
  expect(others).toEqual(describeOrg(plain.sandbox));
  expect(findViolations(sandbox)).toEqual([]);
  expect(writesIn(await world.once())).toEqual([]);
}, 90_000);
