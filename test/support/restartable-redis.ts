import { createRedisProcess, type RedisProcess } from './redis-process.ts';

/** A Redis of a test's own that can be away for a while. */
export type RestartableRedis = RedisProcess & { readonly url: string };

/** @param settings  its options by name, besides the usual ones */
export async function startRestartableRedis(
  settings: Readonly<Record<string, string>> = {},
): Promise<RestartableRedis> {
  const server = await createRedisProcess(settings);
  await server.start();
  return { ...server, url: `redis://127.0.0.1:${server.port}` };
}
