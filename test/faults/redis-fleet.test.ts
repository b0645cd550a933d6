import { expect, it } from 'vitest';

import { startCluster, startSentinels } from '../support/redis-fleet.ts';
import { findViolations } from './checker.ts';
import { startFaultWorld, writesIn } from './fault-world.ts';
import { describeOrg } from './final-state.ts';
import { strikeInTheMidst } from './redis-midst.ts';

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
  await strikeInTheMidst(started, describeOrg(plain.sandbox), {
    begin: () => sentinels.servers[0]!.stop('SIGKILL'),
    end: (daemon) => daemon.seen('redis.reachable'),
  });

  expect(started.world.events.filter(({ event }) => event === 'redis.unreachable')).toHaveLength(1);
}, 90_000);
