import { createHash, randomUUID } from 'node:crypto';

import type { Instant } from '../../domain/instant.ts';
import type { Alert, Standing } from '../../domain/alert.ts';
import type { Clock } from '../../ports.ts';
import { redisError, type RedisConnection } from '../redis.ts';

/** The alerts of one minute for one channel, in the hands of one process until its claim is over. */
export type AlertBatch = {
  readonly channel: string;
  /** In the order in which they were posted; at least one. */
  readonly alerts: readonly Alert[];
  /** How often it has been claimed, this time among them. */
  readonly tries: number;
  readonly claim: Claim;
};

type Claim = { readonly name: string; readonly until: Instant };

/** Alerts on their way out, in Redis. Every method throws AppError `redis-unreachable` (wait). */
export type AlertStore = {
  /** Puts alerts of one channel into the batch of this minute, each key once. */
  add(channel: string, alerts: readonly Alert[]): Promise<void>;
  /** Puts the alert of a standing there, unless it stood so already. */
  stand(standing: Standing): Promise<void>;
  /** The next batch whose minute is over, or whose pause is; with `isHurried` also one of this minute. Null: none. */
  claim(isHurried: boolean): Promise<AlertBatch | null>;
  /** Ends a batch that was sent or is given up; what has been posted to it since is a batch of its own. */
  finish(batch: AlertBatch): Promise<void>;
  postpone(batch: AlertBatch, ms: number): Promise<void>;
  /** How many alerts wait to be sent. */
  waiting(): Promise<number>;
};

const MINUTE = 60_000;
/** How long a claim stands, ms: much longer than sending takes. Who dies meanwhile leaves the batch to the next. */
const CLAIM = 30_000;
/** How long an alert is remembered, ms, and how many are, so that one change of state is told once. */
const REMEMBERED = { for: 7 * 24 * 3_600_000, most: 20_000 };

/** KEYS: told, batch, due. ARGV: now, the end of the minute, the batch's name. */
const PUT = `
local function put(key, text)
  if redis.call('ZADD', KEYS[1], 'NX', ARGV[1], key) == 0 then return end
  redis.call('RPUSH', KEYS[2], text)
  redis.call('ZADD', KEYS[3], 'NX', ARGV[2], ARGV[3])
end`;

const ADD = `${PUT}
for i = 4, #ARGV, 2 do put(ARGV[i], ARGV[i + 1]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1] - ${REMEMBERED.for})
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, ${-REMEMBERED.most - 1})`;

/** KEYS[4]: how everything stands. ARGV: …, key, text, subject, trouble. */
const STAND = `${PUT}
if (redis.call('HGET', KEYS[4], ARGV[6]) or '') == ARGV[7] then return end
if ARGV[7] == '' then redis.call('HDEL', KEYS[4], ARGV[6]) else redis.call('HSET', KEYS[4], ARGV[6], ARGV[7]) end
put(ARGV[4], ARGV[5])`;

/** KEYS: due, tries. ARGV: now, until when to look, the end of the claim. Claimed and postponed ones are in no hurry. */
const CLAIM_NEXT = `
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2], 'WITHSCORES')
for i = 1, #due, 2 do
  local isFresh = string.match(due[i], '^%d+') == due[i + 1]
  if isFresh or tonumber(due[i + 1]) <= tonumber(ARGV[1]) then
    redis.call('ZADD', KEYS[1], ARGV[3], due[i])
    return { due[i], redis.call('HINCRBY', KEYS[2], due[i], 1) }
  end
end
return false`;

/** KEYS: due. ARGV: name, the end of the claim. A process that was frozen may have lost its claim to another. */
const IS_MINE = `if redis.call('ZSCORE', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end`;

/** KEYS: due, tries, batch. ARGV: …, how many were sent. */
const FINISH = `${IS_MINE}
redis.call('LTRIM', KEYS[3], ARGV[3], -1)
redis.call('HDEL', KEYS[2], ARGV[1])
if redis.call('LLEN', KEYS[3]) == 0 then return redis.call('ZREM', KEYS[1], ARGV[1]) end
return redis.call('ZADD', KEYS[1], string.match(ARGV[1], '^%d+'), ARGV[1])`;

/** ARGV: …, until when. */
const POSTPONE = `${IS_MINE}
return redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])`;

/**
 * Batches are named by the end of their minute and their channel, and wait in a sorted set by when they may be sent.
 * The minutes are those of Redis' clock, which all replicas share.
 */
export function createAlertStore(redis: RedisConnection, prefix: string, clock: Clock): AlertStore {
  const key = (name: string): string => `${prefix}:alerts:${name}`;
  let ahead: number | null = null;

  return {
    async add(channel, alerts) {
      const entries = alerts.flatMap((alert) => [nameOf(alert), write(alert)]);
      await put(ADD, channel, [], entries);
    },
    async stand({ channel, subject, trouble, facts }) {
      const alert: Alert = { channel, key: `${subject}:${trouble ?? 'well'}:${randomUUID()}`, facts };
      await put(STAND, channel, [key('standing')], [nameOf(alert), write(alert), subject, trouble ?? '']);
    },
    async claim(isHurried) {
      const at = Math.floor(await now());
      const until = at + CLAIM;
      const claimed = await run(
        redis.eval(CLAIM_NEXT, 2, key('due'), key('tries'), at, isHurried ? endOfMinute(at) : at, until),
      );
      if (!Array.isArray(claimed)) return null;
      const [name, tries] = claimed as [string, number];
      const channel = name.slice(name.indexOf(':') + 1);
      const texts = await run(redis.lrange(key(name), 0, -1));
      return { channel, alerts: texts.map((text) => read(channel, text)), tries, claim: { name, until } };
    },
    async finish({ claim: { name, until }, alerts }) {
      await run(redis.eval(FINISH, 3, key('due'), key('tries'), key(name), name, until, alerts.length));
    },
    async postpone({ claim: { name, until } }, ms) {
      await run(redis.eval(POSTPONE, 1, key('due'), name, until, Math.floor((await now()) + ms)));
    },
    async waiting() {
      const names = await run(redis.zrange(key('due'), 0, '-1'));
      const lengths = await Promise.all(names.map((name) => run(redis.llen(key(name)))));
      return lengths.reduce((sum, length) => sum + length, 0);
    },
  };

  async function put(
    script: string,
    channel: string,
    keys: readonly string[],
    values: readonly string[],
  ): Promise<void> {
    const at = Math.floor(await now());
    const due = endOfMinute(at);
    const name = `${due}:${channel}`;
    const all = [key('told'), key(name), key('due'), ...keys];
    await run(redis.eval(script, all.length, ...all, at, due, name, ...values));
  }

  /** Redis' clock as it was once, carried on by the monotonic timer. */
  async function now(): Promise<Instant> {
    if (ahead === null) {
      const [seconds, micros] = await run(redis.time());
      ahead = Number(seconds) * 1_000 + Number(micros) / 1_000 - clock.monotonic();
    }
    return ahead + clock.monotonic();
  }
}

function endOfMinute(at: Instant): Instant {
  return (Math.floor(at / MINUTE) + 1) * MINUTE;
}

/** What an alert is remembered by. */
function nameOf({ channel, key }: Alert): string {
  return createHash('sha256').update(`${channel} ${key}`).digest('hex');
}

function write({ key, facts }: Alert): string {
  return JSON.stringify({ key, facts });
}

/** Only we write these texts, so their form is known. */
function read(channel: string, text: string): Alert {
  return { channel, ...(JSON.parse(text) as Omit<Alert, 'channel'>) };
}

async function run<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (cause) {
    throw redisError(cause);
  }
}
