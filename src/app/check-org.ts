import { connectForCommands } from '../adapters/redis.ts';
import type { Variables } from '../config/env-reading.ts';
import { readRedisEnvironment, readSalesforceEnvironment } from '../config/env.ts';
import { checkLive } from '../config/live.ts';
import type { Located } from '../config/located.ts';
import type { Problem } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import { openSalesforce } from './open-salesforce.ts';
import { readOrgFacts } from './read-org-facts.ts';

/**
 * Compares a valid configuration with the org that the environment names (F5, level `live`).
 * @throws AppError when the environment is incomplete or the org does not let us in
 */
export async function checkOrg(
  config: Config,
  located: Located,
  env: Variables,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const redisSettings = readRedisEnvironment(env);
  const environment = readSalesforceEnvironment(env);
  const redis = connectForCommands(redisSettings);
  const salesforce = openSalesforce(environment, redis, redisSettings.prefix);
  try {
    await salesforce.connect(signal);
    const { facts } = await readOrgFacts(config, salesforce, signal);
    return checkLive(config, located, facts);
  } finally {
    await salesforce.close();
    redis.disconnect();
  }
}
