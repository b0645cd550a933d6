import { runCli } from '../../src/cli/cli.ts';
import type { TestWorld } from './world.ts';

/** What a command printed, and how it ended. */
export type Ran = { readonly code: number; readonly out: readonly string[]; readonly err: readonly string[] };

/**
 * Runs a command on the org and the Redis of a world, with its decision log.
 * @param config  the folder of the YAML on disk; the world's unless given
 */
export async function runOn(world: TestWorld, argv: readonly string[], config?: string): Promise<Ran> {
  const { sandbox, fresh, folder, environment } = world;
  const env = {
    SF_LOGIN_URL: sandbox.url,
    SF_CLIENT_ID: sandbox.clientId,
    SF_CLIENT_SECRET: sandbox.clientSecret,
    REDIS_URL: fresh.url,
    REDIS_PREFIX: fresh.prefix,
    CONFIG_DIR: config ?? environment.configFolder,
    DATA_DIR: folder,
    LOG_LEVEL: 'silent',
  };
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    isInteractive: false,
  };
  const edge = { terminal, env, signal: new AbortController().signal, onReload: () => undefined };
  return { code: await runCli(argv, edge), out, err };
}
