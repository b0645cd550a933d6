import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { EXAMPLE, type TestWorld } from '../support/world.ts';
import { startCli, type Started } from '../support/cli-process.ts';

/** A copy of the example that polls every second and stays no further behind than it must. */
export function impatientConfig(folder: string): string {
  const config = path.join(folder, 'config');
  cpSync(EXAMPLE, config, { recursive: true });
  const file = path.join(config, 'org.yaml');
  const text = readFileSync(file, 'utf8');
  const hasty = text.replaceAll(/: 30s/g, ': 1s').replace('safety_lag: 5s', 'safety_lag: 1s');
  if (hasty === text) throw new Error('the example does not poll every 30 seconds any more');
  writeFileSync(file, hasty);
  return config;
}

/** Runs `rolecall start` in a process of its own, in a world's org and Redis. */
export function startProcess(
  world: TestWorld,
  args: readonly string[],
  changes: Readonly<Record<string, string>> = {},
): Started {
  return runProcess(world, ['start', ...args], changes);
}

/** Runs a command in a process of its own, in a world's org and Redis. */
export function runProcess(
  { sandbox, fresh, folder }: TestWorld,
  argv: readonly string[],
  changes: Readonly<Record<string, string>> = {},
): Started {
  return startCli(
    argv,
    {
      SF_LOGIN_URL: sandbox.url,
      SF_CLIENT_ID: sandbox.clientId,
      SF_CLIENT_SECRET: sandbox.clientSecret,
      REDIS_URL: fresh.url,
      REDIS_PREFIX: fresh.prefix,
      CONFIG_DIR: EXAMPLE,
      DATA_DIR: path.join(folder, 'data'),
      HTTP_PORT: '0',
      ...changes,
    },
    folder,
  );
}
