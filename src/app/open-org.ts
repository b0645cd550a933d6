import type { RedisConnection } from '../adapters/redis.ts';
import { UNBOUNDED, type ApiBudget } from '../domain/api-budget.ts';
import { AppError } from '../domain/error.ts';
import type { Observer } from '../observe/events.ts';
import type { Clock, Salesforce } from '../ports.ts';
import { createOrgGate, type OrgGate } from '../workers/org-gate.ts';
import type { Closer } from './close-all.ts';
import type { DaemonSettings } from './daemon-settings.ts';
import { openLiveConfig, type LiveConfig, type LiveConfigSettings } from './live-config.ts';
import { openSalesforce } from './open-salesforce.ts';
import { boundsOf, tellBudget } from './tell-budget.ts';

/** How long calls in flight may go on when the daemon stops, ms. */
const LAST_CALLS = 2_500;

type Opening = {
  readonly observer: Observer;
  readonly clock: Clock;
  readonly closers: Closer[];
  readonly stop: AbortSignal;
};

/** The org, the gate before it, and the configuration that fits it. */
export type OpenedOrg = { readonly salesforce: Salesforce; readonly gate: OrgGate; readonly config: LiveConfig };

/**
 * Signs in and loads the configuration, through outages that the start falls into.
 * @param onReloaded  told of each configuration that has come in the place of another
 * @throws AppError as `connect` of Salesforce and `openLiveConfig`
 */
export async function openOrg(
  settings: DaemonSettings,
  redis: RedisConnection,
  { observer, clock, closers, stop }: Opening,
  onReloaded: LiveConfigSettings['onReloaded'],
): Promise<OpenedOrg> {
  const { environment, once, dryRun } = settings;
  let bounds: (() => ApiBudget) | null = null;
  const salesforce = openSalesforce(environment.salesforce, redis, environment.redis.prefix, {
    ...(settings.deadlines === undefined ? {} : { deadlines: settings.deadlines }),
    ...(settings.orgTimer === undefined ? {} : { orgTimer: settings.orgTimer }),
    clock,
    budget: () => bounds?.() ?? UNBOUNDED,
    onBudget: (standing) => tellBudget(standing, observer),
  });
  closers.push(() => closeInTime(salesforce, clock));
  const gate = createOrgGate(clock, observer, Math.random, () => salesforce.calls());
  const liveSettings: LiveConfigSettings = {
    configFolder: environment.configFolder,
    allowOffline: settings.allowOffline,
    adjust: settings.adjust ?? ((read) => read),
    variables: settings.variables ?? {},
    // Whoever waits for the end of a run hears of a mistake at once.
    dataFolder: once || dryRun ? null : environment.dataFolder,
    pass: (call) => gate.pass(call, stop),
    onReloaded,
  };
  const config = await throughOutages(
    async () => {
      await salesforce.connect(stop);
      return openLiveConfig(liveSettings, salesforce, observer, stop);
    },
    { gate, clock, once },
    stop,
  );
  bounds = () => boundsOf(config.current().config.api_budget);
  return { salesforce, gate, config };
}

/** What passes by itself, also at the start. A host that is not there, or a refused session, is more likely a mistake. */
const OUTAGES = new Set([
  'org-unavailable',
  'org-timeout',
  'connection-lost',
  'REQUEST_LIMIT_EXCEEDED',
  'oauth-login-rate',
  'oauth-busy',
]);

type Patience = { readonly gate: OrgGate; readonly clock: Clock; readonly once: boolean };

/** Waits out an outage that the start falls into, of which the gate tells once, and a want of calls. */
export async function throughOutages<T>(
  call: () => Promise<T>,
  { gate, clock, once }: Patience,
  stop: AbortSignal,
): Promise<T> {
  for (;;) {
    try {
      return await gate.pass(call, stop);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const isShort = error.code === 'concurrent-limit' || (error.code === 'budget-low' && !once);
      if (isShort) await clock.sleep(error.retryAfterMs ?? 0, stop);
      else if (!OUTAGES.has(error.code)) throw error;
    }
  }
}

/** A write that nobody answers must not keep the daemon from stopping: its outcome is looked up at the next start. */
async function closeInTime(salesforce: Salesforce, clock: Clock): Promise<void> {
  const late = new AbortController();
  const patience = clock.sleep(LAST_CALLS, late.signal).catch(() => undefined);
  await Promise.race([salesforce.close(), patience]);
  late.abort();
}
