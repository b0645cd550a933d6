import { randomUUID } from 'node:crypto';

import type { Instant } from '../../domain/instant.ts';
import type { WorkKind } from '../../domain/work.ts';
import type { DeadLetter } from '../../domain/dead-letter.ts';
import type { Pause } from '../../domain/pause.ts';
import type { Memory, SeenKey, State } from '../../ports.ts';
import { redisError, redisLost, type RedisConnection } from '../redis.ts';
import {
  ADMIT_WRITES,
  BEGIN_EPOCH,
  COMMIT_TURNS,
  COUNT_WRITES,
  DROP_LEASE,
  DROP_TIMERS,
  HOLD_LEASE,
  HOLD_RECORDS,
  MARK_SEEN,
  MOVE_WATERMARK,
} from './scripts.ts';

/** How many keys one script marks: nobody else is served meanwhile. */
const MARKED_AT_ONCE = 5_000;

/**
 * The work state in one Redis, under one prefix. It grows with the org, not with the time that passes: `memory`, `timers`,
 * `role-parents`, `dead-letters` and `held` have an entry per record, which goes with the record; `assignments` one per
 * lead and epoch; `seen` what the next polls read again; `planned`, `written` and `assigned` what their windows hold,
 * `withheld` what modules that observe have looked at in a week.
 * Every method throws AppError `redis-unreachable` (wait). */
export function createRedisState(redis: RedisConnection, prefix: string): State {
  const key = (name: string): string => `${prefix}:${name}`;

  return {
    async epoch() {
      return String(await run(redis.eval(BEGIN_EPOCH, 1, key('epoch'), randomUUID())));
    },
    async watermark(object) {
      const at = await run(redis.hget(key('watermarks'), object));
      return at === null ? null : Number(at);
    },
    async moveWatermark(object, to, epoch) {
      await checkpoint(MOVE_WATERMARK, key('watermarks'), epoch, [object, to]);
    },
    async unseen(object, keys) {
      if (keys.length === 0) return [];
      const scores = await run(redis.zmscore(key(`seen:${object}`), ...keys.map(member)));
      return keys.filter((_, index) => scores[index] === null);
    },
    async markSeen(object, keys, epoch) {
      for (let at = 0; at < keys.length; at += MARKED_AT_ONCE) {
        const marked = keys.slice(at, at + MARKED_AT_ONCE).flatMap((seen) => [seen.stamp, member(seen)]);
        await checkpoint(MARK_SEEN, key(`seen:${object}`), epoch, marked);
      }
    },
    async forgetSeen(object, before) {
      await run(redis.zremrangebyscore(key(`seen:${object}`), '-inf', `(${before}`));
    },

    async opportunityRules() {
      return run(redis.get(key('opportunity-rules')));
    },
    async putOpportunityRules(rules) {
      await run(redis.set(key('opportunity-rules'), rules));
    },

    async rememberRoleParents(parents) {
      if (parents.size > 0) await run(redis.hset(key('role-parents'), Object.fromEntries(parents)));
    },
    async roleParents(roleIds) {
      return roleIds.length === 0 ? [] : run(redis.hmget(key('role-parents'), ...roleIds));
    },
    async forgetRoleParents(roleIds) {
      if (roleIds.length > 0) await run(redis.hdel(key('role-parents'), ...roleIds));
    },

    async setTimers(kind, timers) {
      const set = [...timers].filter((timer): timer is [string, Instant] => timer[1] !== null);
      const cancelled = [...timers].filter(([, at]) => at === null).map(([id]) => id);
      if (set.length > 0) await run(redis.zadd(key(`timers:${kind}`), ...set.flatMap(([id, at]) => [at, id])));
      if (cancelled.length > 0) await run(redis.zrem(key(`timers:${kind}`), ...cancelled));
    },
    async dueTimers(kind, now, most) {
      const flat = await run(redis.zrangebyscore(key(`timers:${kind}`), '-inf', now, 'WITHSCORES', 'LIMIT', 0, most));
      const due = new Map<string, Instant>();
      for (let at = 0; at + 1 < flat.length; at += 2) due.set(flat[at]!, Number(flat[at + 1]));
      return due;
    },
    async dropTimers(kind, timers, epoch) {
      if (timers.size > 0) await checkpoint(DROP_TIMERS, key(`timers:${kind}`), epoch, [...timers].flat());
    },

    async memories(kind, ids) {
      if (ids.length === 0) return [];
      const texts = await run(redis.hmget(key(`memory:${kind}`), ...ids));
      return texts.map((text) => readJson(text) as Memory | null);
    },
    async remember(kind, memories) {
      await setAll(key(`memory:${kind}`), memories);
    },

    async assignments(keys) {
      if (keys.length === 0) return [];
      const texts = await run(redis.hmget(key('assignments'), ...keys));
      return texts.map((text) => readJson(text) as Memory | null);
    },
    async assignmentsSince(from) {
      const keys = await run(redis.zrangebyscore(key('assigned'), from, '+inf'));
      if (keys.length === 0) return new Map();
      const texts = await run(redis.hmget(key('assignments'), ...keys));
      const stored = keys.map((name, index) => [name, readJson(texts[index]) as Memory | null] as const);
      return new Map(stored.filter((entry): entry is readonly [string, Memory] => entry[1] !== null));
    },
    async poolStates(pools) {
      if (pools.length === 0) return new Map();
      const texts = await run(redis.hmget(key('pools'), ...pools));
      return new Map(pools.map((pool, index) => [pool, texts[index] ?? null]));
    },
    async commitTurns({ expected, states, assignments }) {
      const pools = [...expected.keys()];
      const done = await run(
        redis.eval(
          COMMIT_TURNS,
          3,
          key('pools'),
          key('assignments'),
          key('assigned'),
          pools.length,
          ...pools,
          ...pools.map((pool) => expected.get(pool) ?? ''),
          ...pools.map((pool) => states.get(pool) ?? expected.get(pool) ?? ''),
          ...[...assignments].flatMap(([name, given]) => [
            name,
            given === null ? '' : JSON.stringify(given),
            typeof given?.['at'] === 'number' ? given['at'] : '',
          ]),
        ),
      );
      return done === 1;
    },

    async addDeadLetters(letters) {
      await setAll(key('dead-letters'), new Map(letters.map((letter) => [letter.record_id, letter])));
    },
    async deadLetters() {
      const texts = await run(redis.hvals(key('dead-letters')));
      return texts.map((text) => readJson(text) as DeadLetter);
    },
    async deadLettersOf(recordIds) {
      if (recordIds.length === 0) return new Map();
      const texts = await run(redis.hmget(key('dead-letters'), ...recordIds));
      const letters = texts.map((text) => readJson(text) as DeadLetter | null).filter((letter) => letter !== null);
      return new Map(letters.map((letter) => [letter.record_id, letter]));
    },
    async removeDeadLetters(recordIds) {
      if (recordIds.length > 0) await run(redis.hdel(key('dead-letters'), ...recordIds));
    },

    async admitWrites(counter, writes, { max, per }) {
      if (writes === 0) return 0;
      return Number(await run(redis.eval(ADMIT_WRITES, 1, key(`planned:${counter}`), per, max, writes)));
    },
    async countWrites(module, { writes, refused }, per) {
      const counted = await run(redis.eval(COUNT_WRITES, 1, key(`written:${module}`), per, writes, refused));
      const [all, bad] = counted as readonly [number, number];
      return { writes: all, refused: bad };
    },
    async markWithheld(marks) {
      const [entries, week] = [[...marks], 7 * 24 * 3_600];
      const before = await Promise.all(
        entries.map(([name, mark]) => run(redis.set(key(`withheld:${name}`), mark, 'EX', week, 'GET'))),
      );
      return new Set(entries.filter(([, mark], index) => before[index] !== mark).map(([name]) => name));
    },
    async pausedModules() {
      const stored = await run(redis.hgetall(key('paused')));
      return new Map(Object.entries(stored).map(([module, text]) => [module, JSON.parse(text) as Pause]));
    },
    async pauseModule(module, pause) {
      return (await run(redis.hsetnx(key('paused'), module, JSON.stringify(pause)))) === 1;
    },
    async resumeModule(module, counters) {
      await run(redis.del(key(`written:${module}`), ...counters.map((counter) => key(`planned:${counter}`))));
      return (await run(redis.hdel(key('paused'), module))) === 1;
    },
    async holdRecords(module, records) {
      if (records.length === 0) return;
      await run(redis.eval(HOLD_RECORDS, 1, key(`held:${module}`), ...records.map(({ kind, id }) => `${kind}:${id}`)));
    },
    async heldRecords(module) {
      const texts = await run(redis.zrange(key(`held:${module}`), 0, '-1'));
      return texts.map((text) => {
        const [kind, id] = text.split(':') as [WorkKind, string];
        return { kind, id };
      });
    },
    async dropHeldRecords(module) {
      await run(redis.del(key(`held:${module}`)));
    },

    async holdLease(name, holder, ttlMs) {
      return (await run(redis.eval(HOLD_LEASE, 1, key(`lease:${name}`), holder, ttlMs))) === 1;
    },
    async dropLease(name, holder) {
      await run(redis.eval(DROP_LEASE, 1, key(`lease:${name}`), holder));
    },
  };

  async function checkpoint(
    script: string,
    name: string,
    epoch: string,
    values: readonly (string | number)[],
  ): Promise<void> {
    if ((await run(redis.eval(script, 2, key('epoch'), name, epoch, ...values))) === 1) return;
    throw redisLost();
  }

  async function setAll(hash: string, values: ReadonlyMap<string, object | null>): Promise<void> {
    const kept = [...values].filter(([, value]) => value !== null);
    const dropped = [...values].filter(([, value]) => value === null).map(([field]) => field);
    if (kept.length > 0) {
      await run(redis.hset(hash, Object.fromEntries(kept.map(([field, value]) => [field, JSON.stringify(value)]))));
    }
    if (dropped.length > 0) await run(redis.hdel(hash, ...dropped));
  }
}

async function run<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (cause) {
    throw redisError(cause);
  }
}

function member({ id, stamp, state }: SeenKey): string {
  return state === undefined ? `${id}:${stamp}` : `${id}:${stamp}:${state}`;
}

/** Only we write these values, so their form is known. */
function readJson(text: string | null | undefined): unknown {
  return text === null || text === undefined || text === '' ? null : JSON.parse(text);
}
