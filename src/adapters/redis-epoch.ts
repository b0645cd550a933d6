import { AppError } from '../domain/error.ts';

/**
 * What a checkpoint rests on. A Redis that was emptied has lost the mark; one that went back to older data, by a restart
 * or by a failover, has another run. KEYS[1] is the mark.
 */
const READ_EPOCH = `
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''
local epoch = run .. ':' .. (redis.call('GET', KEYS[1]) or '')`;

/** Begins one where there is none, with ARGV[1] as its mark. Answers the epoch. */
export const BEGIN_EPOCH = `
redis.call('SET', KEYS[1], ARGV[1], 'NX')${READ_EPOCH}
return epoch`;

/** Before a checkpoint: ARGV[1] is the epoch in which the work before it was acknowledged. */
export const SAME_EPOCH = `${READ_EPOCH}
if epoch ~= ARGV[1] then return 0 end`;

/** What was acknowledged before is not there any more: it is done again from what Redis holds now. */
export function redisLost(): AppError {
  return new AppError({
    code: 'redis-lost',
    recovery: 'wait',
    message: 'Redis has restarted, failed over or lost its keys since this work began (REDIS_URL)',
    mend: 'none is needed: the work begins again from what Redis holds now',
  });
}
