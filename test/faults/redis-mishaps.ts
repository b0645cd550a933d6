import type { FreshRedis } from '../support/redis.ts';

const FLUSH = `for _, key in ipairs(redis.call('keys', ARGV[1] .. '*')) do redis.call('del', key) end`;

const AGE = `
  for _, key in ipairs(redis.call('keys', ARGV[1] .. '*')) do
    local left = redis.call('pttl', key)
    if left > tonumber(ARGV[2]) then redis.call('pexpire', key, left - tonumber(ARGV[2]))
    elseif left >= 0 then redis.call('del', key) end
  end`;

/** Empties a world's part of the Redis at one blow, as FLUSHALL empties a whole one. */
export async function flush({ redis, prefix }: Pick<FreshRedis, 'redis' | 'prefix'>): Promise<void> {
  await redis.eval(FLUSH, 0, prefix);
}

/** Lets time pass for what expires in a world's part of the Redis: the leases and locks of a killed process. */
export async function age({ redis, prefix }: FreshRedis, ms: number): Promise<void> {
  await redis.eval(AGE, 0, prefix, ms);
}
