import type { RedisConnection } from '../adapters/redis.ts';
import { createRotatedTokens } from '../adapters/rotated-tokens.ts';
import { connectSalesforce } from '../adapters/salesforce/connect-salesforce.ts';
import type { Deadlines } from '../adapters/salesforce/settings.ts';
import type { SalesforceEnvironment } from '../config/env-salesforce.ts';
import type { Clock, Salesforce } from '../ports.ts';

/**
 * The org that the environment names. A refresh token that the org rotates is kept in Redis.
 * @param deadlines  how long calls may take, where not as long as the adapter lets them
 * @param clock  the daemon's, where it has one
 */
export function openSalesforce(
  { flow, loginUrl, apiVersion }: SalesforceEnvironment,
  redis: RedisConnection,
  prefix: string,
  { deadlines, clock }: { readonly deadlines?: Partial<Deadlines>; readonly clock?: Clock } = {},
): Salesforce {
  const configured = flow.kind === 'refresh-token' ? flow.refreshToken : '';
  return connectSalesforce({
    loginUrl,
    flow,
    apiVersion,
    ...(deadlines === undefined ? {} : { deadlines }),
    ...(clock === undefined ? {} : { monotonic: () => clock.monotonic() }),
    rotatedTokens: createRotatedTokens(redis, prefix, configured),
  });
}
