import { randomUUID } from 'node:crypto';

import { LANES } from '../domain/lane.ts';
import type { CallNews, CallStanding } from '../domain/call-news.ts';
import type { CallLedger } from '../ports.ts';
import { redisError, type RedisConnection } from './redis.ts';

/** A replica that has not been heard of for this long has no place any more. */
const SILENCE = 3_000;

/** Between two calls that ask whether the daily limit still holds, over all replicas (XE14). */
const PROBE_EVERY = 5 * 60_000;

/**
 * One hash holds everything, so that one script in one slot reads and changes it:
 * `c:HOUR:LANE` the calls of an hour of the org's clock, `r:REPLICA` when it was heard of and the places it holds,
 * `usage` what the org told last, `limit` when the daily limit may be probed next, by the org's clock.
 */
const EXCHANGE = `
local holder, hour, orgNow = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local places, inside, waiting = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local usage, limit, isLeaving = ARGV[7], ARGV[8], ARGV[9]
local lane, wanted, ceiling = ARGV[10], tonumber(ARGV[11]), tonumber(ARGV[12])
local probeIn = tonumber(ARGV[13])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

for i = 14, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], 'c:' .. hour .. ':' .. ARGV[i], ARGV[i + 1]) end
if usage ~= '' then redis.call('HSET', KEYS[1], 'usage', usage) end

local total, byLane, replicas, held, fields = 0, {}, 1, 0, {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local field, value = all[i], all[i + 1]
  fields[field] = value
  local at, of = string.match(field, '^c:(%d+):(.+)$')
  local replica = string.match(field, '^r:(.+)$')
  if at and tonumber(at) < hour - 24 then
    redis.call('HDEL', KEYS[1], field)
  elseif at then
    byLane[of] = (byLane[of] or 0) + tonumber(value)
    total = total + tonumber(value)
  elseif replica and replica ~= holder then
    local seen, holds = string.match(value, '^(%d+)/(%d+)$')
    if now - tonumber(seen) > ${SILENCE} then
      redis.call('HDEL', KEYS[1], field)
    else
      replicas = replicas + 1
      held = held + tonumber(holds)
    end
  end
end

local granted = 0
if wanted > 0 then
  granted = wanted
  if ceiling >= 0 then granted = math.max(0, math.min(wanted, ceiling - total)) end
  if granted > 0 then redis.call('HINCRBY', KEYS[1], 'c:' .. hour .. ':' .. lane, granted) end
  byLane[lane] = (byLane[lane] or 0) + granted
end

local mine = 0
if isLeaving == '1' then
  redis.call('HDEL', KEYS[1], 'r:' .. holder)
else
  mine = math.ceil(places / replicas)
  if replicas > places then mine = math.min(mine, inside + waiting) end
  mine = math.max(0, math.min(mine, places - held))
  redis.call('HSET', KEYS[1], 'r:' .. holder, now .. '/' .. math.max(mine, inside))
end

local probeAt, isProbe = tonumber(fields['limit'] or '-1'), 0
if probeAt > orgNow + ${PROBE_EVERY} then probeAt = orgNow + ${PROBE_EVERY} end
if limit == 'gone' then
  redis.call('HDEL', KEYS[1], 'limit')
  probeAt = -1
elseif (limit == 'reached' and probeAt < 0) or (limit == 'asking' and probeAt >= 0 and orgNow >= probeAt) then
  if limit == 'asking' then isProbe = 1 end
  probeAt = orgNow + (limit == 'reached' and probeIn or ${PROBE_EVERY})
  redis.call('HSET', KEYS[1], 'limit', string.format('%.0f', probeAt))
end

local answer = {granted, mine, string.format('%.0f', probeAt), isProbe, fields['usage'] or ''}
for i = 1, ${LANES.length} do answer[5 + i] = byLane[({${LANES.map((lane) => `'${lane}'`).join(', ')}})[i]] or 0 end
return answer`;

const HOUR = 3_600_000;

/** The book of calls that all replicas of one org keep together in Redis. */
export function createCallLedger(redis: RedisConnection, prefix: string): CallLedger {
  const key = `${prefix}:calls`;
  const holder = randomUUID();

  async function exchange(news: CallNews, isLeaving: boolean): Promise<CallStanding> {
    const { now, places, inside, waiting, usage, limit, probeInMs, wanted, booked } = news;
    const reply = await redis
      .eval(
        EXCHANGE,
        1,
        key,
        holder,
        Math.floor(now / HOUR),
        now,
        places,
        inside,
        waiting,
        usage === null ? '' : `${usage.used}/${usage.limit}`,
        limit ?? '',
        isLeaving ? '1' : '',
        wanted?.lane ?? '',
        wanted?.calls ?? 0,
        wanted?.ceiling ?? -1,
        Math.min(probeInMs ?? PROBE_EVERY, PROBE_EVERY),
        ...[...booked].filter(([, calls]) => calls !== 0).flat(),
      )
      .catch((cause: unknown) => Promise.reject(redisError(cause)));
    return readStanding(reply as readonly (string | number)[]);
  }

  return {
    exchange: (news) => exchange(news, false),
    async leave(news) {
      await exchange(news, true);
    },
  };
}

function readStanding([granted, places, probeAt, isProbe, usage, ...byLane]: readonly (
  | string
  | number
)[]): CallStanding {
  const told = /^(\d+)\/(\d+)$/.exec(String(usage));
  return {
    granted: Number(granted),
    places: Number(places),
    probeAt: Number(probeAt) < 0 ? null : Number(probeAt),
    isProbe: isProbe === 1,
    usage: told === null ? null : { used: Number(told[1]), limit: Number(told[2]) },
    byLane: new Map(LANES.map((lane, index) => [lane, Number(byLane[index])])),
  };
}
