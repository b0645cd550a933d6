import type { BudgetStanding } from '../domain/api-budget.ts';
import { LANES } from '../domain/lane.ts';
import type { Observer } from '../observe/events.ts';
import { serveStatusPages, type Health } from '../observe/http.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Salesforce, State, WorkQueues } from '../ports.ts';
import type { OrgGate } from '../workers/org-gate.ts';
import type { Closer } from './close-all.ts';
import type { DaemonSettings } from './daemon-settings.ts';
import type { LiveConfig } from './live-config.ts';

type Served = {
  readonly observer: Observer;
  readonly metrics: Metrics;
  readonly closers: Closer[];
  readonly isRedisThere: () => boolean;
  readonly salesforce: Salesforce;
  readonly queues: WorkQueues;
  readonly state: State;
  readonly gate: OrgGate;
  readonly config: Pick<LiveConfig, 'isRejected'>;
};

/** Serves `/health`, `/ready` and `/metrics`, and logs where. @throws AppError `http-port` (fix-config) */
export async function serveStatus({ environment, once }: DaemonSettings, served: Served): Promise<void> {
  const { observer, metrics, closers, isRedisThere, salesforce, queues, state, gate, config } = served;
  // A run that ends by itself may go on beside the daemon, whose port it is.
  const address = { ...environment.http, isPortFixed: !once };
  const pages = await serveStatusPages(address, {
    health: () => healthOf(gate, isRedisThere(), config, salesforce.budget()),
    metrics: async () => {
      // The other figures are told also while Redis is away, when they matter most.
      const queued = await Promise.all([queues.pending(), state.deadLetters()]).then(
        ([waiting, dead]) => ({ waiting, dead: dead.length }),
        () => null,
      );
      metrics.setGauges({ calls: salesforce.calls(), budget: salesforce.budget(), queued });
      return metrics.registry.metrics();
    },
  });
  closers.push(() => pages.close());
  observer.emit('http.listening', { host: pages.host, port: pages.port });
}

function healthOf(gate: OrgGate, isRedisThere: boolean, config: Served['config'], { held }: BudgetStanding): Health {
  const outage = gate.outage();
  const problems = [
    ...(outage === null ? [] : [`Salesforce cannot be called (${outage.code}): ${outage.message}`]),
    ...(held.length < LANES.length ? [] : ['no API calls are left for any lane']),
    ...(isRedisThere ? [] : ['Redis does not answer']),
    ...(config.isRejected() ? ['the configuration was refused, an older one runs on'] : []),
  ];
  // The urgent lanes go on: that is what calls are kept free for.
  const notes =
    held.length === 0 || held.length === LANES.length ? [] : [`no API calls are left for ${held.join(', ')}`];
  return { ready: problems.length === 0, problems: [...problems, ...notes] };
}
