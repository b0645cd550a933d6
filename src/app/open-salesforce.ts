import { createCallLedger } from '../adapters/redis-call-ledger.ts';
import { createSignInTurns } from '../adapters/redis-sign-in-turns.ts';
import type { RedisConnection } from '../adapters/redis.ts';
import { createRotatedTokens } from '../adapters/rotated-tokens.ts';
import { connectSalesforce } from '../adapters/salesforce/connect-salesforce.ts';
import type { Deadlines, SalesforceSettings } from '../adapters/salesforce/settings.ts';
import type { SalesforceEnvironment } from '../config/env-salesforce.ts';
import type { Clock, Salesforce } from '../ports.ts';

/** What the daemon knows of its calls, and a command does not. */
type Daemonic = Pick<SalesforceSettings, 'budget' | 'onBudget' | 'orgTimer'> & {
  /** How long calls may take, where not as long as the adapter lets them. */
  readonly deadlines?: Partial<Deadlines>;
  readonly clock?: Clock;
};

/** The org that the environment names. Its calls are counted, and a refresh token that the org rotates is kept, in Redis. */
export function openSalesforce(
  { flow, loginUrl, apiVersion }: SalesforceEnvironment,
  redis: RedisConnection,
  prefix: string,
  { clock, ...daemonic }: Daemonic = {},
): Salesforce {
  const configured = flow.kind === 'refresh-token' ? flow.refreshToken : '';
  return connectSalesforce({
    loginUrl,
    flow,
    apiVersion,
    ...daemonic,
    ledger: createCallLedger(redis, prefix),
    signInTurns: createSignInTurns(redis, prefix, { loginUrl, flow }),
    ...(clock === undefined ? {} : { monotonic: () => clock.monotonic() }),
    rotatedTokens: createRotatedTokens(redis, prefix, configured),
  });
}
