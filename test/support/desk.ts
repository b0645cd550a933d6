import { runCli } from '../../src/cli/cli.ts';
import type { TestWorld } from './world.ts';

/** What a command printed line by line, each message with how to mend it, and how it ended. */
export type Ran = { readonly code: number; readonly out: readonly string[]; readonly err: readonly string[] };

/** An org and a Redis that a command can work on. */
type Desk = Pick<TestWorld, 'sandbox' | 'fresh'>;

/** Runs a command line in this process, without its log. */
export async function runHere(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    out: (text: string) => void out.push(...text.split('\n')),
    err: (text: string) => void err.push(text),
    isInteractive: false,
  };
  const edge = {
    terminal,
    env: { LOG_LEVEL: 'silent', ...env },
    signal: new AbortController().signal,
    onReload: () => undefined,
  };
  return { code: await runCli(argv, edge), out, err };
}

/**
 * Runs a command on the org and the Redis of a world, with its decision log.
 * @param config  the folder of the YAML on disk; the world's unless given
 */
export async function runOn(world: TestWorld, argv: readonly string[], config?: string): Promise<Ran> {
  const { folder, environment } = world;
  return runHere(argv, { ...reach(world), CONFIG_DIR: config ?? environment.configFolder, DATA_DIR: folder });
}

/** The environment of a command that works on an org and a Redis; its configuration comes besides. */
export function reach({ sandbox, fresh }: Desk): Readonly<Record<string, string>> {
  return {
    SF_LOGIN_URL: sandbox.url,
    SF_CLIENT_ID: sandbox.clientId,
    SF_CLIENT_SECRET: sandbox.clientSecret,
    REDIS_URL: fresh.url,
    REDIS_PREFIX: fresh.prefix,
  };
}
