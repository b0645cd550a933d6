import { describe, expect, it } from 'vitest';

import { findViolations } from '../faults/checker.ts';
import { startFaultWorld, writesIn } from '../faults/fault-world.ts';
import { describeOrg } from '../faults/final-state.ts';
import { attemptsIn } from '../faults/request-facts.ts';
import { WITHOUT_BUYER } from '../support/company.ts';
import type { Told } from '../support/world.ts';

function ofKind(events: readonly Told[], name: string): readonly Told[] {
  return events.filter(({ event }) => event === name);
}

describe.concurrent('start --once', () => {
  it('does all there is to do, and the next time nothing (F32, I11)', async () => {
    await using started = await startFaultWorld();
    const { world, sandbox, org, company } = started;

    const first = await world.once();
    const written = attemptsIn(sandbox.log.entries).length;
    const second = await world.once();

    expect(first.map(({ event }) => event).slice(-2)).toEqual(['idle', 'daemon.stopped']);
    expect(org.all('Lead', ({ OwnerId }) => OwnerId === company.queueId('Inbound_Leads'))).toEqual([]);
    expect(attemptsIn(sandbox.log.entries)).toHaveLength(written);
    expect(ofKind(second, 'decision')).toEqual([]);
    expect(findViolations(sandbox)).toEqual([]);
  });

  it('with --dry-run writes nothing and says what it would write; the next real start does it all (F38)', async () => {
    await using plain = await startFaultWorld();
    await plain.world.once();
    await using started = await startFaultWorld();
    const { world, sandbox, fresh } = { ...started, fresh: started.world.fresh };
    const before = describeOrg(sandbox);

    const dry = await world.once({ dryRun: true });

    expect(attemptsIn(sandbox.log.entries)).toEqual([]);
    expect(describeOrg(sandbox)).toEqual(before);
    expect(ofKind(dry, 'decision').length).toBeGreaterThan(8);
    const would = ofKind(dry, 'would_write');
    const tasks = would.filter(({ object, action }) => object === 'Task' && action === 'create');
    expect(new Set(tasks.map(({ record_id }) => record_id)).size).toBe(7);
    expect(would.filter(({ object }) => object === 'Lead').length).toBeGreaterThanOrEqual(6);
    // Its calls are calls all the same (F43).
    expect(await fresh.redis.keys(`${fresh.prefix}:*`)).toEqual([`${fresh.prefix}:calls`]);
    await world.once();
    expect(describeOrg(sandbox)).toEqual(describeOrg(plain.sandbox));
    expect(findViolations(sandbox)).toEqual([]);
  });

  it('in observe mode decides and writes nothing of that module, and says once what it would write (F38, F39)', async () => {
    await using started = await startFaultWorld(
      {},
      {
        adjust: (config) => ({
          ...config,
          routing: { ...config.routing!, mode: 'observe' },
          contact_roles: { ...config.contact_roles!, mode: 'observe' },
        }),
      },
    );
    const { world, sandbox, company, org } = started;
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);

    const events = await world.once();

    const written = new Set(attemptsIn(sandbox.log.entries).map(({ object }) => object));
    expect([...written]).toEqual(['Lead']);
    expect(org.all('Lead', ({ MQL__c }) => MQL__c === true)).toHaveLength(5);
    expect(org.all('Lead', ({ OwnerId }) => OwnerId === company.queueId('Inbound_Leads'))).toHaveLength(5);
    expect(new Set(ofKind(events, 'would_write').map(({ module }) => module))).toEqual(
      new Set(['routing', 'contact_roles', 'opportunity_criteria']),
    );

    // Somebody edits what no rule reads; then what one reads.
    const records = [...org.all('Lead'), ...org.all('Opportunity')].map(({ Id }) => Id as string);
    for (const id of records) org.admin.update(id, { Description: 'Seen at the fair' });
    expect(ofKind(await world.once(), 'would_write')).toEqual([]);
    company.addRole(deal, ['d', 'Economic Buyer']);
    expect(ofKind(await world.once(), 'would_write')).toMatchObject([
      { module: 'contact_roles', object: 'Opportunity', record_id: deal },
    ]);
  });
});

describe.concurrent('two processes', () => {
  it('share the work when one only polls and the other only works', async () => {
    await using plain = await startFaultWorld();
    await plain.world.once();
    await using started = await startFaultWorld();
    const { world, sandbox } = started;
    const workers = world.start({ only: 'workers' });
    const poller = world.start({ only: 'poller' });

    await workers.until(() => JSON.stringify(describeOrg(sandbox)) === JSON.stringify(describeOrg(plain.sandbox)));
    await poller.seen('idle');
    await Promise.all([poller.stop(), workers.stop()]);

    expect(ofKind(poller.told, 'decision')).toEqual([]);
    expect(ofKind(workers.told, 'poll.completed')).toEqual([]);
    expect(findViolations(sandbox)).toEqual([]);
  });

  it('poll once and decide once when both do everything; the second takes over from the first (XE16)', async () => {
    await using started = await startFaultWorld();
    const { world, sandbox, company } = started;
    const replicas = [world.start(), world.start()];
    await Promise.race(replicas.map((replica) => replica.seen('idle')));
    const [leader, other] = replicas.toSorted((a, b) => polls(b) - polls(a));
    expect([polls(leader!) > 0, polls(other!)]).toEqual([true, 0]);

    await leader!.stop();
    const late = company.lead({ LastName: 'Late' });
    await other!.until(() => company.tasks(late).length === 1);
    await other!.stop();

    const decisions = ofKind(world.events, 'decision').map(
      ({ module, record_id }) => `${String(module)} ${String(record_id)}`,
    );
    expect(decisions).toHaveLength(new Set(decisions).size);
    expect(findViolations(sandbox)).toEqual([]);

    function polls({ told }: { readonly told: readonly Told[] }): number {
      return ofKind(told, 'poll.completed').length;
    }
  });
});

describe.concurrent('a stop', () => {
  it('lets writes in flight end, takes less than ten seconds, and leaves the rest to the next start', async () => {
    await using plain = await startFaultWorld();
    await plain.world.once();
    await using started = await startFaultWorld();
    const { world, sandbox } = started;
    sandbox.faults.add({ when: { kind: 'collection' }, times: 2, do: { kind: 'slow-commit', millis: 1_500 } });
    const daemon = world.start();
    const inFlight = Promise.withResolvers<void>();
    sandbox.hooks.afterCommit = ({ kind }) => {
      if (kind === 'collection') inFlight.resolve();
    };
    await inFlight.promise;
    const begun = performance.now();

    await daemon.stop();

    expect(performance.now() - begun).toBeLessThan(10_000);
    const writes = sandbox.log.entries.filter(({ kind }) => kind === 'collection');
    expect(writes.map(({ status, isCut }) => [status, isCut])).toEqual(writes.map(() => [200, false]));
    await world.once();
    expect(describeOrg(sandbox)).toEqual(describeOrg(plain.sandbox));
    expect(findViolations(sandbox)).toEqual([]);
  });

  it('does not wait for an answer that never comes', async () => {
    await using started = await startFaultWorld();
    const { world, sandbox } = started;
    const hung = Promise.withResolvers<void>();
    sandbox.faults.add({ when: { kind: 'collection' }, do: { kind: 'hang', at: 'after-commit' } });
    sandbox.hooks.afterCommit = ({ kind }) => {
      if (kind === 'collection') hung.resolve();
    };
    const daemon = world.start();
    await hung.promise;
    const begun = performance.now();

    await daemon.stop();

    expect(performance.now() - begun).toBeLessThan(10_000);
    sandbox.faults.clear();
    await world.once();
    expect(writesIn(await world.once())).toEqual([]);
    expect(findViolations(sandbox)).toEqual([]);
  }, 60_000);
});
