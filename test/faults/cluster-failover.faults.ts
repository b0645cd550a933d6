import { expect, it } from 'vitest';

import { backUpMaster, startCluster } from '../support/redis-fleet.ts';
import { findViolations } from './checker.ts';
import { startFaultWorld, writesIn } from './fault-world.ts';
import { describeOrg } from './final-state.ts';

it('in a Cluster, when the master that holds our slot is killed under load: its replica takes its place, nothing is lost or doubled, the daemon goes on (XE22, FM 42, I34)', async () => {
  await using plain = await startFaultWorld();
  await plain.world.once();
  await using cluster = await startCluster();
  await using started = await startFaultWorld({}, { redisUrl: cluster.url });
  const { world, sandbox, company } = started;
  await using backed = await backUpMaster(cluster, world.environment.redis.prefix);
  const writing = Promise.withResolvers<void>();
  sandbox.faults.add({ when: { kind: 'collection' }, times: 1, do: { kind: 'slow-commit', millis: 1_000 } });
  sandbox.hooks.afterCommit = ({ kind }) => {
    if (kind === 'collection') writing.resolve();
  };
  const daemon = world.start();
  await writing.promise;

  await backed.master.stop('SIGKILL');
  const during = company.lead({ LastName: 'During' });
  await daemon.seen('redis.reachable');

  await daemon.until(() => company.tasks(during).length === 1);
  await daemon.stop();
  expect(daemon.told.filter(({ event }) => event === 'redis.unreachable')).toHaveLength(1);
  await world.once();
  const { 'Lead During': late, ...others } = describeOrg(sandbox);
  expect(late).toMatchObject({ owner: 'ron@northwind.example' });
  expect(others).toEqual(describeOrg(plain.sandbox));
  expect(findViolations(sandbox)).toEqual([]);
  expect(writesIn(await world.once())).toEqual([]);
}, 180_000);
