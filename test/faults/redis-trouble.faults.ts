import { beforeAll, describe, expect, it } from 'vitest';

import { withRedis } from '../support/redis-process.ts';
import { startRestartableRedis, type RestartableRedis } from '../support/restartable-redis.ts';
import { findViolations } from './checker.ts';
import { startFaultWorld, writesIn } from './fault-world.ts';
import { describeOrg } from './final-state.ts';

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
      const { world, sandbox, company } = started;
      const writing = Promise.withResolvers<void>();
      sandbox.faults.add({ when: { kind: 'collection' }, times: 1, do: { kind: 'slow-commit', millis: 1_000 } });
      sandbox.hooks.afterCommit = ({ kind }) => {
        if (kind === 'collection') writing.resolve();
      };
      const daemon = world.start();
      await writing.promise;

      await begin(server);
      const during = company.lead({ LastName: 'During' });
      const told = await daemon.seen('redis.unreachable');
      await end(server);

      await daemon.until(() => company.tasks(during).length === 1);
      await daemon.seen('redis.reachable');
      await daemon.stop();
      expect(told.reason).toMatch(reason);
      expect(world.events.filter(({ event }) => event === 'redis.unreachable')).toHaveLength(1);
      await world.once();
      const { 'Lead During': late, ...others } = describeOrg(sandbox);
      expect(late).toMatchObject({ owner: 'ron@northwind.example' });
      expect(others).toEqual(undisturbed);
      expect(findViolations(sandbox)).toEqual([]);
      expect(writesIn(await world.once())).toEqual([]);
    },
    120_000,
  );
});
