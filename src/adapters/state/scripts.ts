// What the state asks of Redis in one step: Lua that nobody else's commands come in between of.

import { NOW } from '../redis.ts';

/** Compares every pool with what the caller saw, then puts all in place: selection and update are atomic (R19). */
export const COMMIT_TURNS = `
local pools = tonumber(ARGV[1])
for i = 1, pools do
  local now = redis.call('HGET', KEYS[1], ARGV[1 + i])
  local expected = ARGV[1 + pools + i]
  if (now or '') ~= expected then return 0 end
end
local at = 1 + 2 * pools
for i = 1, pools do
  redis.call('HSET', KEYS[1], ARGV[1 + i], ARGV[at + i])
end
at = at + pools
while at < #ARGV do
  local key, given, since = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  if given == '' then
    redis.call('HDEL', KEYS[2], key)
    redis.call('ZREM', KEYS[3], key)
  else
    redis.call('HSET', KEYS[2], key, given)
    if since ~= '' then
      redis.call('ZADD', KEYS[3], since, key)
      redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', '(' .. (since - ${3 * 24 * 3_600_000}))
    end
  end
  at = at + 3
end
return 1`;

/**
 * What a checkpoint rests on. A Redis that was emptied has lost the mark; one that went back to older data, by a restart
 * or by a failover, has another run. KEYS[1] is the mark.
 */
const READ_EPOCH = `
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''
local epoch = run .. ':' .. (redis.call('GET', KEYS[1]) or '')`;

export const BEGIN_EPOCH = `
redis.call('SET', KEYS[1], ARGV[1], 'NX')${READ_EPOCH}
return epoch`;

/** Before a checkpoint: ARGV[1] is the epoch in which the work before it was acknowledged. */
const SAME_EPOCH = `${READ_EPOCH}
if epoch ~= ARGV[1] then return 0 end`;

export const MOVE_WATERMARK = `${SAME_EPOCH}
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
return 1`;

export const MARK_SEEN = `${SAME_EPOCH}
for i = 2, #ARGV, 2 do redis.call('ZADD', KEYS[2], ARGV[i], ARGV[i + 1]) end
return 1`;

export const DROP_TIMERS = `${SAME_EPOCH}
for i = 2, #ARGV, 2 do
  if redis.call('ZSCORE', KEYS[2], ARGV[i]) == ARGV[i + 1] then redis.call('ZREM', KEYS[2], ARGV[i]) end
end
return 1`;

/** A window KEYS[1] of ARGV[1] ms slides by Redis' own clock, which all replicas share; a member's score is its time. */
const SLIDE = `${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1])
local function add(member)
  redis.call('ZADD', KEYS[1], now, time[1] .. '.' .. time[2] .. member)
  redis.call('PEXPIRE', KEYS[1], math.max(ARGV[1], 1))
end`;

/** A member is `unique:writes`. */
export const ADMIT_WRITES = `${SLIDE}
local used = 0
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  used = used + tonumber(string.match(member, ':(%d+)$'))
end
local admitted = math.min(tonumber(ARGV[3]), math.max(tonumber(ARGV[2]) - used, 0))
if admitted > 0 then add('.' .. used .. ':' .. admitted) end
return admitted`;

/** A member is `unique:writes:refused`. */
export const COUNT_WRITES = `${SLIDE}
add(':' .. ARGV[2] .. ':' .. ARGV[3])
local writes, refused = 0, 0
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local some, bad = string.match(member, ':(%d+):(%d+)$')
  writes, refused = writes + some, refused + bad
end
return { writes, refused }`;

/** A record that is held again keeps its place: the line is as long as the module has records, however often they change. */
export const HOLD_RECORDS = `
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
local place = tonumber(last[2] or 0)
for i = 1, #ARGV do redis.call('ZADD', KEYS[1], 'NX', place + i, ARGV[i]) end`;

export const HOLD_LEASE = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

export const DROP_LEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;
