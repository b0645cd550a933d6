import { beforeAll, describe, expect, it } from 'vitest';

import { withRedis } from '../support/redis-process.ts';
import { startRestartableRedis, type RestartableRedis } from '../support/restartable-redis.ts';
import { startFaultWorld } from './fault-world.ts';
import { describeOrg } from './final-state.ts';
import { strikeInTheMidst } from './redis-midst.ts';

let undisturbed: unknown;

beforeAll(async () => {
  await using started = await startFaultWorld();
  await started.world.once();
  undisturbed = describeOrg(started.sandbox);
});

type Trouble = {
  readonly name: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** Before the work begins. */
  readonly prepare?: (server: RestartableRedis) => Promise<unknown>;
  readonly begin: (server: RestartableRedis) => Promise<unknown> | void;
  readonly end: (server: RestartableRedis) => Promise<unknown> | void;
  /** What the log says. */
  readonly reason: RegExp;
};

const TROUBLES: readonly Trouble[] = [
  {
    name: 'has no memory left (FM 51)',
    begin: ({ port }) => withRedis(port, (redis) => redis.config('SET', 'maxmemory', '1')),
    end: ({ port }) => withRedis(port, (redis) => redis.config('SET', 'maxmemory', '0')),
    reason: /takes no writes.*OOM/,
  },
  {
    name: 'is a replica since a failover (FM 42)',
    begin: ({ port }) => withRedis(port, (redis) => redis.replicaof('127.0.0.1', 1)),
    end: ({ port }) => withRedis(port, (redis) => redis.replicaof('NO', 'ONE')),
    reason: /READONLY|the connection is lost|Command timed out/,
  },
  { name: 'hangs', begin: (server) => server.freeze(), end: (server) => server.thaw(), reason: /does not answer/ },
  {
    name: 'is away and comes back with what it had before all this (FM 43)',
    settings: { appendonly: 'no' },
    prepare: ({ port }) => withRedis(port, (redis) => redis.save()),
    begin: (server) => server.stop('SIGKILL'),
    end: (server) => server.start(),
    reason: /the connection is lost/,
  },
];

describe('a Redis that', () => {
  it.each(TROUBLES)(
    '$name in the middle of the work: the daemon says so once and goes on by itself, nothing is lost or doubled',
    async ({ settings = {}, prepare, begin, end, reason }) => {
      await using server = await startRestartableRedis(settings);
      await prepare?.(server);
      await using started = await startFaultWorld({}, { redisUrl: server.url });
      const { world } = started;
      await strikeInTheMidst(started, undisturbed, {
        begin: () => begin(server),
        async end(daemon) {
          expect(await daemon.seen('redis.unreachable')).toMatchObject({ reason: expect.stringMatching(reason) });
          await end(server);
          await daemon.seen('redis.reachable');
        },
      });
      expect(world.events.filter(({ event }) => event === 'redis.unreachable')).toHaveLength(1);
    },
    120_000,
  );
});
