import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Redis } from 'ioredis';

import { findRedisServer } from '../../src/cli/redis-server.ts';

/** A Redis of a test's own on one port and one folder, that can be away for a while. */
export type RestartableRedis = AsyncDisposable & {
  readonly url: string;
  /** Ends the server: in order, or at once and without a word. */
  stop(how?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again on the same port with what its file holds; resolves when it answers. */
  start(): Promise<void>;
};

export async function startRestartableRedis(): Promise<RestartableRedis> {
  const dir = await mkdtemp(path.join(tmpdir(), 'rolecall-redis-'));
  const program = await findRedisServer(path.resolve(import.meta.dirname, '../../.redis'));
  const port = await pickFreePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;

  async function start(): Promise<void> {
    const [file, ...args] = program.command({ port, dir, appendFile: 'test.aof' });
    child = spawn(file!, args, { cwd: dir, stdio: 'ignore', env: { ...process.env, ...program.env } });
    const redis = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 25 });
    redis.on('error', () => undefined);
    await redis.ping();
    redis.disconnect();
  }

  async function stop(how: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (child === null) return;
    const ended = once(child, 'exit');
    child.kill(how);
    await ended;
    child = null;
  }

  await start();
  return {
    url,
    start,
    stop,
    async [Symbol.asyncDispose]() {
      await stop('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function pickFreePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}
