import { expect, it } from 'vitest';

import { backUpMaster, startCluster } from '../support/redis-fleet.ts';
import { startFaultWorld } from './fault-world.ts';
import { describeOrg } from './final-state.ts';
import { strikeInTheMidst } from './redis-midst.ts';

it('in a Cluster, when the master that holds our slot is killed under load: its replica takes its place, nothing is lost or doubled, the daemon goes on (XE22, FM 42, I34)', async () => {
  await using plain = await startFaultWorld();
  await plain.world.once();
  await using cluster = await startCluster();
  await using started = await startFaultWorld({}, { redisUrl: cluster.url });
  await using backed = await backUpMaster(cluster, started.world.environment.redis.prefix);

  await strikeInTheMidst(started, describeOrg(plain.sandbox), {
    begin: () => backed.master.stop('SIGKILL'),
    end: (daemon) => daemon.seen('redis.reachable'),
  });

  expect(started.world.events.filter(({ event }) => event === 'redis.unreachable')).toHaveLength(1);
}, 180_000);
