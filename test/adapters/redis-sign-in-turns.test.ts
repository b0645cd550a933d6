import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSignInTurns } from '../../src/adapters/redis-sign-in-turns.ts';
import { AppError } from '../../src/domain/error.ts';
import { freshRedis, type FreshRedis } from '../support/redis.ts';

let fresh: FreshRedis;

beforeAll(async () => {
  fresh = await freshRedis();
});
afterAll(() => fresh[Symbol.asyncDispose]());

function refuse(): Promise<never> {
  return Promise.reject(new AppError({ code: 'oauth-refused', recovery: 'fix-config', message: 'invalid_grant' }));
}

describe('the sign-ins of two replicas (D11, I25)', () => {
  it('are made one after the other, so that a token good for one use is rotated once', async () => {
    const [first, second] = [1, 2].map(() => createSignInTurns(fresh.redis, fresh.prefix, 'one'));
    const order: string[] = [];
    const slow = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const one = first!.take(async () => {
      order.push('first begins');
      begun.resolve();
      await slow.promise;
      order.push('first ends');
    });
    await begun.promise;
    const two = second!.take(async () => void order.push('second'));

    slow.resolve();
    await Promise.all([one, two]);

    expect(order).toEqual(['first begins', 'first ends', 'second']);
  });

  it('are four in ten minutes whatever the clocks of the replicas show', async () => {
    const [right, fast] = [1, 2].map(() => createSignInTurns(fresh.redis, fresh.prefix, 'clocks'));
    const now = Date.now.bind(Date);
    const asFast = async (call: () => Promise<unknown>): Promise<void> => {
      Date.now = () => now() + 11 * 60_000;
      await call().finally(() => void (Date.now = now));
    };

    for (let tries = 0; tries < 2; tries++) {
      await expect(right!.take(refuse)).rejects.toMatchObject({ code: 'oauth-refused' });
      await asFast(() => expect(fast!.take(refuse)).rejects.toMatchObject({ code: 'oauth-refused' }));
    }

    await expect(right!.take(refuse)).rejects.toMatchObject({ code: 'sign-in-held' });
    await asFast(() => expect(fast!.take(refuse)).rejects.toMatchObject({ code: 'sign-in-held' }));
  });

  it('are four in ten minutes while they are refused, and go on at once with other credentials', async () => {
    const [first, second] = [1, 2].map(() => createSignInTurns(fresh.redis, fresh.prefix, 'two'));
    for (const turns of [first, second, first, second]) {
      await expect(turns!.take(refuse)).rejects.toMatchObject({ code: 'oauth-refused' });
    }

    await expect(first!.take(refuse)).rejects.toMatchObject({ code: 'sign-in-held', recovery: 'wait' });
    const changed = createSignInTurns(fresh.redis, fresh.prefix, 'three');
    await expect(changed.take(async () => 'granted')).resolves.toBe('granted');
  });
});
