import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';

import { Redis } from 'ioredis';

import { AppError } from '../domain/error.ts';
import { findRedisServer } from './redis-server.ts';
import type { RedisServer } from './redis-server.ts';

export type PrivateRedis = {
  /** `redis://127.0.0.1:PORT`: loopback only, no password. */
  readonly url: string;
  /** Resolves when the server has exited; further calls wait for the same exit. */
  readonly stop: () => Promise<void>;
};

const portAttempts = 5;
const startTimeoutMs = 30_000;
const portTaken = 'address already in use';
const isPortTaken = /address already in use|port is already allocated/i;

/**
 * A watchdog around the server: it holds the reading end of our pipe, so the server ends with us even when we are killed.
 * Its files go with it, unless the server ended by itself: then they are what there is to find out why.
 */
const watchdog = `
exec 3<&0
folder=$1; shift
"$@" </dev/null >>"$folder/redis.log" 2>&1 3<&- &
server=$!
{ read -r _ <&3; : >"$folder/asked"; kill "$server"; } 2>/dev/null &
reader=$!
exec 3<&-
wait "$server"; status=$?
kill "$reader" 2>/dev/null
if [ -e "$folder/asked" ]; then rm -rf "$folder"; exit 0; fi
exit "$status"`;

/**
 * Starts a Redis of our own on a free port of 127.0.0.1, with an append-only file in a new folder below `folder`;
 * several may share one `folder`. It starts empty, and ends with this process at the latest.
 * @param signal  ends the wait for the start, not the running server
 * @throws AppError `redis-missing` (fix-config) where no server can be had, `redis-start-failed` (stop) where it does not answer
 */
export async function startPrivateRedis({
  folder,
  signal,
}: {
  readonly folder: string;
  readonly signal?: AbortSignal;
}): Promise<PrivateRedis> {
  const home = path.resolve(folder);
  await mkdir(home, { recursive: true });
  const server = await findRedisServer(home, signal);

  for (let attempt = 1; ; attempt += 1) {
    const started = await tryStart(server, home, signal);
    if ('url' in started) return started;
    // Somebody may have taken the port between our look and the server's bind.
    if (attempt < portAttempts && isPortTaken.test(started.log)) continue;
    throw new AppError({
      code: 'redis-start-failed',
      recovery: 'stop',
      message: `${server.name} did not start: "${lastLine(started.log)}"`,
      mend: 'set REDIS_URL to a Redis that runs, or put the cause right',
    });
  }
}

async function tryStart(
  server: RedisServer,
  home: string,
  signal: AbortSignal | undefined,
): Promise<PrivateRedis | { readonly log: string }> {
  const port = await pickFreePort();
  const dir = await mkdtemp(path.join(home, 'server-'));
  // The file's name tells our server from one that took the port before it.
  const appendFile = `${path.basename(dir)}.aof`;

  // A session of its own: Ctrl-C is for us, and the server must outlive our own stopping.
  const child = spawn('sh', ['-c', watchdog, 'redis-watchdog', dir, ...server.command({ port, dir, appendFile })], {
    cwd: dir,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, ...server.env },
  });
  child.unref();
  const exited = new Promise<'exited'>((resolve) => {
    child.once('exit', () => resolve('exited'));
    child.once('error', () => resolve('exited'));
  });
  // The pipe breaks when the watchdog ends first; its exit says so already.
  child.stdin.on('error', () => {});

  async function stop(): Promise<void> {
    child.ref();
    child.stdin.end();
    await exited;
  }

  const settled = new AbortController();
  const deadline = AbortSignal.any([settled.signal, AbortSignal.timeout(startTimeoutMs), ...(signal ? [signal] : [])]);
  try {
    const first = await Promise.race([waitForAnswer(port, appendFile, deadline), exited]);
    if (first === 'ours') return { url: `redis://127.0.0.1:${port}`, stop };
    const log = first === 'stranger' ? portTaken : await readFile(path.join(dir, 'redis.log'), 'utf8').catch(() => '');
    await discard();
    return { log };
  } catch (error) {
    await discard();
    signal?.throwIfAborted();
    return { log: error instanceof Error ? error.message : String(error) };
  } finally {
    settled.abort();
  }

  async function discard(): Promise<void> {
    await stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function waitForAnswer(port: number, appendFile: string, signal: AbortSignal): Promise<'ours' | 'stranger'> {
  // The client waits by itself until the server has loaded its files.
  const redis = new Redis({ host: '127.0.0.1', port, maxRetriesPerRequest: null, retryStrategy: () => 25 });
  redis.on('error', () => {});
  try {
    return await Promise.race([ask(redis, appendFile), rejection(signal)]);
  } finally {
    redis.disconnect();
  }
}

async function ask(redis: Redis, appendFile: string): Promise<'ours' | 'stranger'> {
  await redis.ping();
  const answer: unknown = await redis.config('GET', 'appendfilename');
  return JSON.stringify(answer).includes(appendFile) ? 'ours' : 'stranger';
}

async function rejection(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason instanceof Error ? signal.reason : new Error('no answer in time');
}

async function pickFreePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  listener.close();
  await once(listener, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has a numbered port');
  return address.port;
}

function lastLine(log: string): string {
  return log.trim().split('\n').at(-1) ?? 'no message';
}
