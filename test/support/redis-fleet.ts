import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { createRedisProcess, pickFreePort, withRedis, type RedisProcess } from './redis-process.ts';

/** Several Redis servers that belong together. */
export type RedisFleet = AsyncDisposable & {
  /** For `REDIS_URL`. */
  readonly url: string;
  /** Behind Sentinels the master first; of a Cluster the masters. */
  readonly servers: readonly RedisProcess[];
};

/** A master with a replica, watched by three Sentinels that put the replica in its place after a second. */
export async function startSentinels(): Promise<RedisFleet> {
  const master = await createRedisProcess();
  const replica = await createRedisProcess({ replicaof: `127.0.0.1 ${master.port}` });
  const servers = [master, replica];
  for (const server of servers) await server.start();
  await withRedis(replica.port, (redis) => untilTold(() => redis.info('replication'), 'master_link_status:up'));

  const sentinels: RedisProcess[] = [];
  for (let count = 0; count < 3; count++) {
    const port = await pickFreePort();
    const sentinel = await createRedisProcess({ port }, ['sentinel.conf']);
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `sentinel monitor leads 127.0.0.1 ${master.port} 2`,
      'sentinel down-after-milliseconds leads 1000',
      'sentinel failover-timeout leads 5000',
    ];
    await writeFile(path.join(sentinel.folder, 'sentinel.conf'), `${lines.join('\n')}\n`);
    await sentinel.start();
    sentinels.push(sentinel);
  }
  for (const { port } of sentinels) {
    // A Sentinel that does not know the others and the replica yet can put nobody in the master's place.
    await withRedis(port, async (redis) => untilTold(() => redis.info('sentinel'), 'slaves=1,sentinels=3'));
  }
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return fleet(`redis-sentinel://${hosts}/leads`, servers, sentinels);
}

/** A Cluster of three masters. */
export async function startCluster(): Promise<RedisFleet> {
  const servers: RedisProcess[] = [];
  for (let count = 0; count < 3; count++) {
    const bus = await pickFreePort();
    const node = await createRedisProcess({ 'cluster-enabled': 'yes', 'cluster-port': bus });
    await node.start();
    servers.push(node);
    await withRedis(node.port, async (redis) => {
      const first = Math.floor((16_384 / 3) * count);
      const last = Math.floor((16_384 / 3) * (count + 1)) - 1;
      await redis.cluster('ADDSLOTS', ...Array.from({ length: last - first + 1 }, (_, slot) => first + slot));
      await redis.call('CLUSTER', 'SET-CONFIG-EPOCH', count + 1);
      if (count > 0) await redis.call('CLUSTER', 'MEET', '127.0.0.1', servers[0]!.port, await busOf(servers[0]!));
    });
  }
  for (const { port } of servers) {
    await withRedis(port, async (redis) => untilTold(() => redis.cluster('INFO'), 'cluster_state:ok'));
  }
  return fleet(`redis-cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`, servers, []);
}

/** A node's silence after which the others take it for dead, ms. */
const NODE_TIMEOUT = 1_000;

/**
 * Gives the master of a Cluster that holds a key a replica, which takes its place once it is dead.
 * @returns the master; disposing ends the replica
 */
export async function backUpMaster(
  { servers }: RedisFleet,
  key: string,
): Promise<AsyncDisposable & { readonly master: RedisProcess }> {
  const slot = await withRedis(servers[0]!.port, (redis) => redis.cluster('KEYSLOT', key));
  const master = servers[Math.floor((slot / 16_384) * servers.length)]!;
  const id = await withRedis(master.port, (redis) => redis.cluster('MYID'));
  const replica = await createRedisProcess({ 'cluster-enabled': 'yes', 'cluster-port': await pickFreePort() });
  await replica.start();
  for (const { port } of [...servers, replica]) {
    await withRedis(port, (redis) => redis.config('SET', 'cluster-node-timeout', NODE_TIMEOUT));
  }
  await withRedis(replica.port, async (redis) => {
    await redis.call('CLUSTER', 'MEET', '127.0.0.1', master.port, await busOf(master));
    await untilTold(() => redis.cluster('NODES'), id);
    await redis.cluster('REPLICATE', id);
    await untilTold(() => redis.info('replication'), 'master_link_status:up');
  });
  for (const { port } of servers) {
    // Masters that do not know the replica yet do not vote for it.
    await withRedis(port, (redis) => untilTold(() => redis.cluster('NODES'), `slave ${id}`));
  }
  return { master, [Symbol.asyncDispose]: () => replica[Symbol.asyncDispose]() };
}

async function busOf({ port }: RedisProcess): Promise<string> {
  const told = await withRedis(port, (redis) => redis.config('GET', 'cluster-port'));
  return String((told as readonly string[])[1]);
}

async function untilTold(ask: () => Promise<unknown>, word: string): Promise<void> {
  while (!String(await ask()).includes(word)) await delay(50);
}

function fleet(url: string, servers: readonly RedisProcess[], others: readonly RedisProcess[]): RedisFleet {
  return {
    url,
    servers,
    async [Symbol.asyncDispose]() {
      for (const server of [...others, ...servers]) await server[Symbol.asyncDispose]();
    },
  };
}
