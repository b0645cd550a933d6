import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Redis } from 'ioredis';

import { findRedisServer } from '../../src/cli/redis-server.ts';

/** A Redis server of a test's own on one port and one folder. */
export type RedisProcess = AsyncDisposable & {
  readonly port: number;
  readonly folder: string;
  /** Starts it, also again, with what its folder holds; resolves when it answers. */
  start(): Promise<void>;
  /** Ends it: in order, or at once and without a word. */
  stop(how?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** It hangs: connections stand and nothing is answered. */
  freeze(): void;
  thaw(): void;
};

/**
 * A server that is not started yet. It holds an append-only file unless `settings` say otherwise.
 * @param settings  its options by name, which come after the usual ones
 * @param files  names of files, in front of the options: a Sentinel's configuration
 */
export async function createRedisProcess(
  settings: Readonly<Record<string, string | number>> = {},
  files: readonly string[] = [],
): Promise<RedisProcess> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rolecall-redis-'));
  const program = await findRedisServer(path.resolve(import.meta.dirname, '../../.redis'));
  const port = Number(settings['port'] ?? (await pickFreePort()));
  const [file, ...usual] = program.command({ port, dir: folder, appendFile: 'test.aof' });
  const own = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, ...String(value).split(' ')]);
  const args = files.length > 0 ? [...files, '--sentinel'] : [...usual, ...own];
  let child: ChildProcess | null = null;

  async function stop(how: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (child === null) return;
    const ended = once(child, 'exit');
    child.kill(how);
    await ended;
    child = null;
  }

  return {
    port,
    folder,
    stop,
    async start() {
      child = spawn(file!, args, { cwd: folder, stdio: 'ignore', env: { ...process.env, ...program.env } });
      // A server that speaks only TLS has another port for that, and answers nobody here.
      if (settings['tls-port'] === undefined) await withRedis(port, (redis) => redis.ping());
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      child?.kill('SIGCONT');
      await stop('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs commands on a server, which may still be starting. */
export async function withRedis<T>(port: number, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: null, retryStrategy: () => 25 });
  redis.on('error', () => undefined);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

export async function pickFreePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}
