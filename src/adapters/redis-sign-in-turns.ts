import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { AppError } from '../domain/error.ts';
import { NOW, type RedisConnection } from './redis.ts';

/** Sign-ins of all replicas, one after the other, and few while they are refused (D11, I25). */
export type SignInTurns = {
  /**
   * Signs in while no other replica does: a refresh token that is rotated is good for one use.
   * @throws AppError `sign-in-held` (wait) without asking, when the org has refused us often lately
   */
  take<T>(signIn: () => Promise<T>): Promise<T>;
};

/** Refusals in the window after which nobody asks any more. */
const MOST_REFUSALS = 4;
const WINDOW = 10 * 60_000;
/** A replica that dies while it signs in holds the others up for this long. */
const TURN = 10_000;
const LOOK_AGAIN = 100;

const COUNT_REFUSALS = `${NOW}
return redis.call('ZCOUNT', KEYS[1], now - ${WINDOW}, '+inf')`;

const NOTE_REFUSAL = `${NOW}
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ${WINDOW})
redis.call('PEXPIRE', KEYS[1], ${WINDOW})`;

const END_TURN = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`;

/**
 * Without Redis everybody signs in as it likes: it is away, and so is most of the work.
 * @param credentials  what they sign in with: refusals of others are forgotten when it changes
 */
export function createSignInTurns(redis: RedisConnection, prefix: string, credentials: unknown): SignInTurns {
  const print = createHash('sha256').update(JSON.stringify(credentials)).digest('hex').slice(0, 12);
  const turn = `${prefix}:sign-in`;
  const refusals = `${prefix}:sign-in-refusals:${print}`;

  /** @returns what ends the turn */
  async function begin(): Promise<() => Promise<unknown>> {
    const mine = randomUUID();
    const patience = performance.now() + TURN;
    while ((await redis.set(turn, mine, 'PX', TURN, 'NX')) === null && performance.now() < patience) {
      await pause(LOOK_AGAIN);
    }
    return () => redis.eval(END_TURN, 1, turn, mine);
  }

  return {
    async take(signIn) {
      const end = await begin().catch(() => async () => undefined);
      try {
        const lately = Number(await redis.eval(COUNT_REFUSALS, 1, refusals).catch(() => 0));
        if (lately >= MOST_REFUSALS) throw held();
        const granted = await signIn();
        if (lately > 0) await redis.del(refusals).catch(() => 0);
        return granted;
      } catch (error) {
        if (error instanceof AppError && error.code.startsWith('oauth-')) await note(error.code).catch(() => undefined);
        throw error;
      } finally {
        await end().catch(() => undefined);
      }
    },
  };

  async function note(code: string): Promise<void> {
    await redis.eval(NOTE_REFUSAL, 1, refusals, `${code}:${randomUUID()}`);
  }
}

function held(): AppError {
  return new AppError({
    code: 'sign-in-held',
    recovery: 'wait',
    message: `the org has refused ${MOST_REFUSALS} sign-ins within ten minutes; none is tried before they are over`,
    mend: 'look for the refusals in the log above, mend their cause, and wait or change the credentials',
    retryAfterMs: 60_000,
  });
}
