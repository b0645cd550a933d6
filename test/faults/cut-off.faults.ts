import { setTimeout as pass } from 'node:timers/promises';

import { beforeAll, describe, expect, it } from 'vitest';

import type { FaultRule, RequestMatch } from '../../src/sandbox/faults.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { findViolations } from './checker.ts';
import { startFaultWorld } from './fault-world.ts';
import { describeOrg } from './final-state.ts';
import { attemptsIn } from './request-facts.ts';

/** How long a batch stays locked for whoever cannot renew it, ms. */
const LOCK = 15_000;
/** Redis confirms a lock at half of that at the latest: an answer of the org that takes longer finds it in doubt. */
const millis = LOCK / 2 + 1_000;

type Moment = { readonly name: string } & Pick<FaultRule, 'when' | 'do'>;

const MOMENTS: readonly Moment[] = [
  { name: 'reads what a batch is about', when: { kind: 'composite' }, do: { kind: 'delay', millis } },
  {
    name: 'looks a second time before it writes',
    when: { kind: 'query', path: /OwnerId.* FROM Lead WHERE Id IN/ },
    do: { kind: 'delay', millis },
  },
  { name: 'writes', when: { kind: 'collection' }, do: { kind: 'slow-commit', millis } },
];

let undisturbed: unknown;

beforeAll(async () => {
  await using plain = await startFaultWorld();
  await plain.world.once();
  undisturbed = describeOrg(plain.sandbox);
});

describe.concurrent('a replica that is cut off from Redis, but not from the org', () => {
  it.each(MOMENTS)(
    'while it $name, stops to write within its lock time, another one goes on, and then both work (I2, I6, I24, I36, D14)',
    async ({ when, do: slowly }) => {
      await using started = await startFaultWorld();
      const { world, sandbox, company } = started;
      const address = new URL(world.environment.redis.url);
      await using proxy = await startTcpProxy({ host: address.hostname, port: Number(address.port) });
      address.host = `127.0.0.1:${proxy.port}`;
      const redis = { ...world.environment.redis, url: address.href };
      const begun = Promise.withResolvers<{ readonly token: unknown; readonly cutAt: number }>();
      const where: RequestMatch['where'] = ({ headers }) => {
        proxy.cut();
        begun.resolve({ token: headers['authorization'], cutAt: Date.now() });
        return true;
      };
      sandbox.faults.add({ when: { ...when, where }, times: 1, do: slowly });
      const cutOff = world.start({ environment: { ...world.environment, redis } });
      const { token, cutAt } = await begun.promise;

      const other = world.start();
      const during = company.lead({ LastName: 'Amid' });
      await other.until(() => company.tasks(during).length === 1);
      // Longer than anything that it waits for.
      await pass(Math.max(cutAt + 2 * LOCK - Date.now(), 0));
      const late = attemptsIn(sandbox.log.entries).filter(
        ({ request }) => request.headers['authorization'] === token && request.arrivedAt > cutAt + LOCK,
      );
      proxy.mend();
      await cutOff.seen('redis.reachable');
      await other.stop();
      const after = company.lead({ LastName: 'After' });
      await cutOff.until(() => company.tasks(after).length === 1);
      await cutOff.stop();

      expect(late).toEqual([]);
      expect(cutOff.told.filter(({ event }) => event === 'redis.unreachable')).toHaveLength(1);
      expect(other.told.filter(({ event }) => event === 'redis.unreachable')).toEqual([]);
      const { 'Lead Amid': one, 'Lead After': two, ...others } = describeOrg(sandbox);
      expect([one, two]).toMatchObject([{ owner: 'ron@northwind.example' }, { owner: 'ron@northwind.example' }]);
      expect(others).toEqual(undisturbed);
      expect(findViolations(sandbox, { mostAtOnce: 10 })).toEqual([]);
    },
    180_000,
  );
});
