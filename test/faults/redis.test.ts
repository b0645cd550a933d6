import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { WITHOUT_BUYER } from '../support/company.ts';
import { startRestartableRedis, type RestartableRedis } from '../support/restartable-redis.ts';
import { findViolations } from './checker.ts';
import { startFaultWorld, writesIn } from './fault-world.ts';
import { describeOrg } from './final-state.ts';
import { strikeInTheMidst } from './redis-midst.ts';
import { flush } from './redis-mishaps.ts';

let undisturbed: unknown;

beforeAll(async () => {
  await using started = await startFaultWorld();
  await started.world.once();
  undisturbed = describeOrg(started.sandbox);
});

describe('a Redis that restarts', () => {
  let server: RestartableRedis;

  beforeAll(async () => {
    server = await startRestartableRedis();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each([
    { how: 'in order', signal: 'SIGTERM' as const },
    { how: 'because it was killed', signal: 'SIGKILL' as const },
  ])(
    '$how in the middle of the work: the daemon goes on by itself, nothing is lost or doubled (XE22, FM 41)',
    async ({ signal }) => {
      await using started = await startFaultWorld({}, { redisUrl: server.url });
      await strikeInTheMidst(started, undisturbed, {
        begin: () => server.stop(signal),
        async end(daemon) {
          await daemon.seen('redis.unreachable');
          await server.start();
        },
      });
      const told = started.world.events.map(({ event }) => event).filter((event) => event.startsWith('redis.'));
      expect(told).toEqual(['redis.unreachable', 'redis.reachable']);
    },
    60_000,
  );

  it('is waited for by a daemon that starts while it is away (XE22)', async () => {
    await using started = await startFaultWorld({}, { redisUrl: server.url });
    const { world, sandbox } = started;
    await server.stop();
    const daemon = world.start({ once: true });
    await daemon.seen('redis.unreachable');

    await server.start();
    await daemon.ended;

    expect(world.events.filter(({ event }) => event === 'redis.unreachable')).toHaveLength(1);
    expect(world.events.filter(({ event }) => event === 'redis.reachable')).toHaveLength(1);
    expect(describeOrg(sandbox)).toEqual(undisturbed);
  }, 60_000);
});

describe('a Redis that loses everything', () => {
  it('while nothing happens: nothing is written again, no task is made twice, turns go on (XE17, FM 31)', async () => {
    await using started = await startFaultWorld();
    const { world, sandbox, company, org } = started;
    await world.once();
    const before = describeOrg(sandbox);
    await flush(world.fresh);

    await world.once();

    expect(describeOrg(sandbox)).toEqual(before);
    expect(findViolations(sandbox)).toEqual([]);
    const next = company.lead({ LastName: 'Next' });
    await world.once();
    expect(org.record(next)).toMatchObject({ Rolecall_Turn__c: 'nordics:000000002' });
  });

  it('in the middle of the work: everything is done once (XE17, FM 43, FM 44)', async () => {
    await using started = await startFaultWorld();
    const { world, sandbox } = started;
    let flushes = 0;
    sandbox.hooks.afterCommit = async ({ kind }) => {
      if (kind === 'collection' && flushes++ < 3) await flush(world.fresh);
    };

    await world.once();
    sandbox.hooks.afterCommit = null;
    await world.once();

    expect(flushes).toBeGreaterThanOrEqual(3);
    expect(describeOrg(sandbox)).toEqual(undisturbed);
    expect(findViolations(sandbox)).toEqual([]);
    expect(writesIn(await world.once())).toEqual([]);
  }, 60_000);

  it('does not make the task again that a person has closed or deleted meanwhile (F38a, F40)', async () => {
    await using started = await startFaultWorld();
    const { world, sandbox, company, org, clock } = started;
    const closed = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER, { Name: 'Closed by a person' });
    const deleted = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER, { Name: 'Deleted by a person' });
    await world.once();
    org.as('max@northwind.example').update(company.tasks(closed)[0]!.id, { Status: 'Completed' });
    org.admin.delete(company.tasks(deleted)[0]!.id);
    await flush(world.fresh);
    clock.advance(600);

    await world.once();

    expect(company.tasks(closed)).toMatchObject([{ isOpen: false }]);
    expect(company.tasks(deleted)).toEqual([]);
    expect(findViolations(sandbox)).toEqual([]);
  });
});
