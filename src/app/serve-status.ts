import type { AlertOutbox } from '../adapters/alerts/alert-outbox.ts';
import { LANES } from '../domain/lane.ts';
import type { Observer } from '../observe/events.ts';
import { serveStatusPages, type Health } from '../observe/http.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Salesforce, State, WorkQueues } from '../ports.ts';
import type { OrgGate } from '../workers/org-gate.ts';
import type { Closer } from './close-all.ts';
import type { DaemonSettings } from './daemon-settings.ts';
import type { LiveConfig } from './live-config.ts';
import type { Troubles } from './troubles.ts';

/** The parts of a daemon that has started. */
type Served = {
  readonly isRedisThere: () => boolean;
  readonly salesforce: Salesforce;
  readonly queues: WorkQueues;
  readonly state: State;
  readonly gate: OrgGate;
  readonly config: Pick<LiveConfig, 'current' | 'rejection'>;
  readonly troubles: Pick<Troubles, 'paused'>;
  readonly alerts: Pick<AlertOutbox, 'waiting'>;
};

type Serving = {
  readonly observer: Observer;
  readonly metrics: Metrics;
  readonly closers: Closer[];
  readonly stop: AbortSignal;
};

/** What the pages tell of a daemon: what its start waits for, then how its parts are. */
export type Status = { waitsFor(what: string): void; shows(parts: Served): void };

/**
 * Serves `/health`, `/ready` and `/metrics` from the start to the end of the daemon, and logs where.
 * @throws AppError `http-port` (fix-config)
 */
export async function serveStatus({ environment, once }: DaemonSettings, serving: Serving): Promise<Status> {
  const { observer, metrics, closers, stop } = serving;
  let parts: Served | null = null;
  let awaited = 'its parts';
  // A run that ends by itself may go on beside the daemon, whose port it is.
  const address = { ...environment.http, isPortFixed: !once };
  const pages = await serveStatusPages(address, {
    health() {
      if (stop.aborted) return { ready: false, problems: ['the daemon is stopping'] };
      return parts === null
        ? { ready: false, problems: [`the daemon is starting: it waits for ${awaited}`] }
        : healthOf(parts);
    },
    async metrics() {
      if (parts !== null) metrics.setGauges(await readGauges(parts));
      return metrics.registry.metrics();
    },
  });
  closers.push(() => pages.close());
  observer.emit('http.listening', { host: pages.host, port: pages.port });
  return {
    waitsFor(what) {
      awaited = what;
    },
    shows(started) {
      parts = started;
    },
  };
}

async function readGauges(parts: Served): Promise<Parameters<Metrics['setGauges']>[0]> {
  const { salesforce, config, troubles, isRedisThere } = parts;
  return {
    calls: salesforce.calls(),
    budget: salesforce.budget(),
    queued: await countQueued(parts),
    paused: new Map([...config.current().modes.keys()].map((module) => [module, troubles.paused().has(module)])),
    isConfigRejected: config.rejection() !== null,
    isRedisThere: isRedisThere(),
  };
}

/** The other figures are told also while Redis is away, when they matter most. */
async function countQueued({ queues, state, alerts, config, isRedisThere }: Served) {
  if (!isRedisThere()) return null;
  try {
    const [waiting, dead, unsent] = await Promise.all([queues.pending(), state.deadLetters(), alerts.waiting()]);
    const byModule = new Map([...config.current().modes.keys()].map((module) => [module, 0]));
    for (const { module } of dead) byModule.set(module, (byModule.get(module) ?? 0) + 1);
    return { waiting, dead: byModule, alerts: unsent };
  } catch {
    return null;
  }
}

function healthOf({ gate, isRedisThere, config, salesforce, troubles }: Served): Health {
  const { held } = salesforce.budget();
  const outage = gate.outage();
  const problems = [
    ...(outage === null ? [] : [`Salesforce cannot be called (${outage.code}): ${outage.message}`]),
    ...(held.length < LANES.length ? [] : ['no API calls are left for any lane']),
    ...(isRedisThere() ? [] : ['Redis does not answer']),
    ...(config.rejection() === null ? [] : ['the configuration was refused, an older one runs on']),
  ];
  // The others go on: the urgent lanes, for which calls are kept free, and the modules that have not paused.
  const isPartly = held.length > 0 && held.length < LANES.length;
  const notes = [
    ...(isPartly ? [`no API calls are left for ${held.join(', ')}`] : []),
    ...[...troubles.paused()].map(([module, { code, reason }]) => `${module} is paused (${code}): ${reason}`),
  ];
  return { ready: problems.length === 0, problems: [...problems, ...notes] };
}
