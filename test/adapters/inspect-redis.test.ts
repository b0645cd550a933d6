import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { inspectRedis } from '../../src/adapters/inspect-redis.ts';
import { connectForCommands } from '../../src/adapters/redis.ts';
import { startPrivateRedis, type PrivateRedis } from '../../src/cli/private-redis.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../.redis');

// Its own server: the settings of the shared one are none of these tests' business.
let server: PrivateRedis;

beforeAll(async () => {
  server = await startPrivateRedis({ folder: FOLDER });
});
afterAll(() => server.stop());

/** What a new connection finds after a setting is changed, which is put back then. */
async function inspectWith(name: string, value: string, usual: string, suffix = ''): Promise<unknown> {
  const admin = connectForCommands({ url: server.url, prefix: 'test' });
  await admin.config('SET', name, value);
  const redis = connectForCommands({ url: `${server.url}${suffix}`, prefix: 'test' });
  try {
    return await inspectRedis(redis).catch((error: unknown) => error);
  } finally {
    await admin.config('SET', name, usual);
    for (const open of [admin, redis]) open.disconnect();
  }
}

describe('a Redis', () => {
  it('that keeps what it is given on the disk is as it should be', async () => {
    expect(await inspectWith('appendfsync', 'always', 'everysec')).toEqual([]);
  });

  it('is refused when its policy may evict (FM 52)', async () => {
    expect(await inspectWith('maxmemory-policy', 'allkeys-lru', 'noeviction')).toMatchObject({
      code: 'redis-evicts',
      recovery: 'fix-config',
      mend: 'set maxmemory-policy noeviction',
    });
  });

  it.each([
    ['appendonly', 'no', 'yes'],
    ['appendfsync', 'no', 'everysec'],
  ])('is warned of when %s is %s (D13)', async (name, value, usual) => {
    expect(await inspectWith(name, value, usual)).toMatchObject([{ mend: `set ${name} ${usual}` }]);
  });

  it('that refuses the password is a mistake, not an outage', async () => {
    expect(await inspectWith('requirepass', 'a-password', '')).toMatchObject({
      code: 'redis-refuses',
      recovery: 'fix-config',
    });
  });

  it('that lacks the database is a mistake, not an outage', async () => {
    expect(await inspectWith('appendfsync', 'everysec', 'everysec', '/99')).toMatchObject({
      code: 'redis-refuses',
      recovery: 'fix-config',
    });
  });

  it('that is not there is told by its own error', async () => {
    const redis = connectForCommands({ url: 'redis://127.0.0.1:1', prefix: 'test' });
    try {
      await expect(inspectRedis(redis)).rejects.toMatchObject({
        code: 'redis-unreachable',
        message: expect.stringContaining('ECONNREFUSED') as string,
      });
    } finally {
      redis.disconnect();
    }
  });
});
