import { Redis } from 'ioredis';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { startPrivateRedis } from '../../src/cli/private-redis.ts';
import type { PrivateRedis } from '../../src/cli/private-redis.ts';

const projectFolder = path.resolve(import.meta.dirname, '../../.redis');
let folder: string;

describe('the private Redis', { timeout: 120_000 }, () => {
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'private redis '));
    // The packages of the run are taken along, so that not every test downloads them.
    await symlink(path.join(projectFolder, 'packages'), path.join(folder, 'packages'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps an append-only file and evicts nothing', async () => {
    const server = await startPrivateRedis({ folder });

    const settings = await withClient(server, readSettings);

    expect(settings).toMatchObject({
      appendonly: 'yes',
      appendfsync: 'everysec',
      'maxmemory-policy': 'noeviction',
      save: '',
      bind: '127.0.0.1',
      requirepass: '',
    });
    await server.stop();
  });

  it('writes its append-only file below the folder', async () => {
    const server = await startPrivateRedis({ folder });

    const [dir] = await withClient(server, async (redis) => (await redis.config('GET', 'dir')).slice(1));

    expect(path.dirname(dir ?? '')).toBe(folder);
    expect(await readdir(dir ?? '')).toContain('appendonlydir');
    await server.stop();
  });

  it('is gone, with its files, once it is stopped', async () => {
    const server = await startPrivateRedis({ folder });

    await server.stop();

    await expect(withClient(server, (redis) => redis.ping())).rejects.toThrow('Connection is closed');
    expect(await readdir(folder)).toEqual(['packages']);
  });

  it('runs beside another one in the same folder', async () => {
    const servers = await Promise.all([startPrivateRedis({ folder }), startPrivateRedis({ folder })]);

    const [mine, theirs] = servers;
    await withClient(mine, (redis) => redis.set('owner', 'mine'));

    expect(await withClient(theirs, (redis) => redis.get('owner'))).toBeNull();
    expect(await withClient(mine, (redis) => redis.get('owner'))).toBe('mine');
    await Promise.all(servers.map((server) => server.stop()));
  });

  it('ends when its parent is killed', async () => {
    const parent = spawn(process.execPath, [path.join(import.meta.dirname, '../support/redis-parent.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string];
    const redis = new Redis(url, { retryStrategy: () => null });
    await redis.ping();
    const closed = once(redis, 'end');

    parent.kill('SIGKILL');

    await expect(closed).resolves.toBeDefined();
  });
});

describe('where no Redis can be had', () => {
  it('says what was tried and how to put it right', async () => {
    const bare = await mkdtemp(path.join(tmpdir(), 'bare-'));
    vi.stubEnv('PATH', bare);

    await expect(startPrivateRedis({ folder: bare })).rejects.toMatchObject({
      code: 'redis-missing',
      recovery: 'fix-config',
      message: expect.stringContaining('apt-get brings none (not installed); docker runs none (not installed)'),
      mend: expect.stringContaining('install redis-server'),
    });

    vi.unstubAllEnvs();
    await rm(bare, { recursive: true });
  });

  it('repeats what the server said when it refuses to start', async () => {
    const bare = await mkdtemp(path.join(tmpdir(), 'broken-'));
    await writeFile(path.join(bare, 'redis-server'), '#!/bin/sh\necho "Fatal: no room"; exit 1\n', { mode: 0o755 });
    vi.stubEnv('PATH', `${bare}:${process.env['PATH']}`);

    await expect(startPrivateRedis({ folder: path.join(bare, 'home') })).rejects.toMatchObject({
      code: 'redis-start-failed',
      message: 'redis-server did not start: "Fatal: no room"',
    });

    vi.unstubAllEnvs();
    await rm(bare, { recursive: true });
  });
});

async function withClient<T>(server: PrivateRedis, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(server.url, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

async function readSettings(redis: Redis): Promise<Record<string, string>> {
  const flat = await redis.config('GET', '*');
  return Object.fromEntries(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? '']] : [])));
}
