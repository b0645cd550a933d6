import type { RedisConnection } from '../adapters/redis.ts';
import { createRotatedTokens } from '../adapters/rotated-tokens.ts';
import { connectSalesforce } from '../adapters/salesforce/connect-salesforce.ts';
import type { Deadlines } from '../adapters/salesforce/settings.ts';
import type { SalesforceEnvironment } from '../config/env-salesforce.ts';
import type { Salesforce } from '../ports.ts';

/**
 * The org that the environment names. A refresh token that the org rotates is kept in Redis.
 * @param deadlines  how long calls may take, where not as long as the adapter lets them
 */
export function openSalesforce(
  { flow, loginUrl, apiVersion }: SalesforceEnvironment,
  redis: RedisConnection,
  prefix: string,
  deadlines: Partial<Deadlines> = {},
): Salesforce {
  const configured = flow.kind === 'refresh-token' ? flow.refreshToken : '';
  return connectSalesforce({
    loginUrl,
    flow,
    apiVersion,
    deadlines,
    rotatedTokens: createRotatedTokens(redis, prefix, configured),
  });
}
