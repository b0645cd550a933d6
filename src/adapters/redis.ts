import { isIP } from 'node:net';

import { Cluster, Redis, type ClusterOptions, type RedisOptions } from 'ioredis';

import { AppError } from '../domain/error.ts';
import { readRedisAddress, type RedisAddress } from '../domain/redis-address.ts';

export type RedisSettings = { readonly url: string; readonly prefix: string };

/** A server, the master that the Sentinels name, or a Cluster: they take the same commands. */
export type RedisConnection = Redis | Cluster;

/** Begins a script that goes by Redis' clock, which all replicas share: `time` as Redis tells it, `now` in ms. */
export const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** Commands fail after this long instead of waiting for ever, so that a hung Redis is noticed. */
const COMMAND_TIMEOUT = 5_000;

/** A connection over which nothing has come for so long, though something is awaited, is given up, ms. */
const COMMAND_SILENCE = 7_000;
/** BullMQ's workers ask for news at least every ten seconds. */
const WORKER_SILENCE = 20_000;

/** A connection for commands: fails fast, connects again by itself. */
export function connectForCommands(settings: RedisSettings): RedisConnection {
  return open(settings, {
    commandTimeout: COMMAND_TIMEOUT,
    maxRetriesPerRequest: 1,
    socketTimeout: COMMAND_SILENCE,
  });
}

/** A connection for a BullMQ worker, which blocks on purpose: never gives a command up. */
export function connectForWorkers(settings: RedisSettings): RedisConnection {
  return open(settings, { maxRetriesPerRequest: null, socketTimeout: WORKER_SILENCE });
}

function open({ url }: RedisSettings, wishes: RedisOptions): RedisConnection {
  const address = readRedisAddress(url);
  if (address === null) throw new TypeError('a Redis is opened at an address that was not checked');
  const options = { ...wishes, ...credentialsOf(address), connectTimeout: COMMAND_TIMEOUT, reconnectOnError };
  const redis = address.kind === 'cluster' ? openCluster(address, options) : openServer(address, options);
  // Every failure also rejects the command that met it, in other words; without a listener ioredis would print it.
  redis.on('error', (error: Error) => lastErrors.set(redis, error));
  redis.on('ready', () => lastErrors.delete(redis));
  return redis;
}

type Options = Omit<RedisOptions, 'replyMapping'>;

function openServer({ kind, hosts, master, database, isTls, ...address }: RedisAddress, options: Options): Redis {
  const common = { ...options, db: database, retryStrategy };
  if (kind === 'server') return new Redis({ ...common, ...hosts[0] });
  return new Redis({
    ...common,
    sentinels: [...hosts],
    name: master ?? '',
    ...(address.sentinelUsername === null ? {} : { sentinelUsername: address.sentinelUsername }),
    ...(address.sentinelPassword === null ? {} : { sentinelPassword: address.sentinelPassword }),
    ...(isTls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
    // A master that hangs keeps its connections; the Sentinels tell that another has taken its place.
    failoverDetector: true,
  });
}

function openCluster({ hosts, isTls }: RedisAddress, { commandTimeout, ...redisOptions }: Options): Cluster {
  const settings: Omit<ClusterOptions, 'redisOptions'> = {
    clusterRetryStrategy: retryStrategy,
    slotsRefreshTimeout: COMMAND_TIMEOUT,
    // A certificate is for a name, so the name must not become a number first.
    ...(isTls ? { dnsLookup: (name, found) => found(null, name) } : {}),
  };
  const cluster = new Cluster([...hosts], { ...settings, redisOptions });
  if (commandTimeout === undefined) return cluster;
  // A Cluster none of whose nodes is there keeps commands back before any node's own time begins to run.
  const send = cluster.sendCommand.bind(cluster);
  cluster.sendCommand = (command, ...where) => {
    command.setTimeout(commandTimeout);
    return send(command, ...where);
  };
  return cluster;
}

function credentialsOf({ kind, hosts, username, password, isTls }: RedisAddress): Options {
  const host = hosts[0]?.host ?? '';
  return {
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(isTls ? { tls: kind === 'server' && isIP(host) === 0 ? { servername: host } : {} } : {}),
  };
}

function retryStrategy(attempt: number): number {
  return Math.min(100 * 2 ** Math.min(attempt, 5), 2_000);
}

/** After a failover the old master answers READONLY: connect again, to the new one, and ask that. */
function reconnectOnError(error: Error): false | 2 {
  return error.message.startsWith('READONLY') ? 2 : false;
}

/** What a connection failed on last: the commands that it fails only tell how often it was tried. */
const lastErrors = new WeakMap<RedisConnection, Error>();

/** What a command failed on, as far as the connection knows better; of a Cluster what its last node failed on. */
export function causeOf(redis: RedisConnection, failure: unknown): unknown {
  const known = lastErrors.get(redis) ?? failure;
  const isOfNode = known instanceof Error && 'lastNodeError' in known && known.lastNodeError instanceof Error;
  return isOfNode ? known.lastNodeError : known;
}

/** The servers that hold the keys. */
export function mastersOf(redis: RedisConnection): readonly Redis[] {
  return redis instanceof Cluster ? redis.nodes('master') : [redis];
}

/** Deletes every key under a prefix. */
export async function forgetKeys(redis: RedisConnection, prefix: string): Promise<void> {
  const pattern = `${prefix.replace(/[*?[\]\\]/g, String.raw`\$&`)}:*`;
  for (const server of mastersOf(redis)) {
    for await (const keys of server.scanStream({ match: pattern, count: 1000 })) {
      const found = keys as string[];
      if (found.length > 0) await server.unlink(...found);
    }
  }
}

/** How Redis says that it is there and takes no writes now. */
const NO_WRITES = /^(?:OOM|READONLY|MISCONF|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|LOADING)\b/;

/** Any failure of Redis as the one error: it comes back by itself, so wait. */
export function redisError(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (NO_WRITES.test(reason)) {
    const [words] = reason.split(/\.? script:/);
    return new AppError({
      code: 'redis-read-only',
      recovery: 'wait',
      message: `Redis takes no writes (REDIS_URL): ${words ?? reason}`,
      mend: reason.startsWith('OOM')
        ? 'raise its maxmemory; the daemon goes on by itself'
        : 'look at its log; the daemon goes on by itself',
      cause,
    });
  }
  return new AppError({
    code: 'redis-unreachable',
    recovery: 'wait',
    message: `Redis does not answer (REDIS_URL): ${reason}`,
    mend: 'start Redis; the daemon goes on by itself',
    cause,
  });
}

/** What was acknowledged before is not there any more: it is done again from what Redis holds now. */
export function redisLost(): AppError {
  return new AppError({
    code: 'redis-lost',
    recovery: 'wait',
    message: 'Redis has restarted, failed over or lost its keys since this work began (REDIS_URL)',
    mend: 'none is needed: the work begins again from what Redis holds now',
  });
}
