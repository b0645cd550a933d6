import { dataPath } from '../config/data-path.ts';
import type { AppError } from '../domain/error.ts';
import { LANE_OF } from '../domain/lane.ts';
import type { Pause } from '../domain/pause.ts';
import type { WorkKind } from '../domain/work.ts';
import { openDecisionLog } from '../observe/decision-log.ts';
import type { Observer } from '../observe/events.ts';
import type { Alerts, Clock, Salesforce, State, WorkQueues } from '../ports.ts';
import { evaluateOpportunities } from '../workers/opportunities/evaluate-opportunities.ts';
import type { OrgGate } from '../workers/org-gate.ts';
import { isHidden } from '../rules/conditions/hidden-tests.ts';
import { routeLeads } from '../workers/leads/route-leads.ts';
import { fenceWrites } from '../workers/fence-writes.ts';
import { createHeed } from '../workers/heed-rules.ts';
import { runBatch } from '../workers/run-batch.ts';
import { setAside } from '../workers/settle.ts';
import type { WorkWorld } from '../workers/work-world.ts';
import type { Closer } from './close-all.ts';
import type { DaemonSettings } from './daemon-settings.ts';
import type { LoadedFrame } from './load-frame.ts';
import type { Standstills } from './standstills.ts';
import type { Suspensions } from './suspensions.ts';

/** What the workers stand on, opened. */
export type Opened = {
  readonly salesforce: Salesforce;
  readonly state: State;
  readonly queues: WorkQueues;
  readonly alerts: Alerts;
  readonly loaded: () => LoadedFrame;
  readonly suspensions: Suspensions;
};

export type Equipment = { readonly observer: Observer; readonly clock: Clock; readonly closers: Closer[] };

/** The workers' world; opens the decision log. */
export function openWorld(
  settings: DaemonSettings,
  { observer, clock, closers }: Equipment,
  opened: Opened,
): WorkWorld & Pick<Opened, 'suspensions' | 'loaded'> {
  const { loaded, suspensions } = opened;
  const { log } = loaded().config;
  const decisions = openDecisionLog({
    file: dataPath(log.decisions, settings.environment.dataFolder),
    hides: (field) => isHidden(field, loaded().frame.rulebook.hidden),
    engine: `rolecall ${settings.version}`,
  });
  closers.push(() => decisions.close());
  return {
    ...opened,
    observer,
    now: () => opened.salesforce.now(),
    frame: () => suspensions.frame(),
    blastRadius: () => loaded().config.write.blast_radius,
    configHash: () => loaded().frame.configHash,
    isWithheld: (module) => settings.dryRun || loaded().modes.get(module) !== 'enforce',
    record: (made, tookMs) => decisions.write(made, { configHash: loaded().frame.configHash, tookMs }),
    monotonic: () => clock.monotonic(),
    random: Math.random,
  };
}

const HANDLERS: Readonly<
  Record<WorkKind, (ids: readonly string[], world: WorkWorld, signal: AbortSignal) => Promise<void>>
> = { lead: routeLeads, opportunity: evaluateOpportunities };

type Failing = { readonly clock: Clock; readonly fail: (error: AppError) => void; readonly standstills: Standstills };

/**
 * Hands batches to the workers from now on.
 * @param once  nobody waits for a person to mend what only a person can: then the daemon fails
 */
export async function startWorkers(
  world: WorkWorld & Pick<Opened, 'suspensions' | 'loaded'>,
  gate: OrgGate,
  { clock, fail, standstills }: Failing,
  once: boolean,
): Promise<void> {
  const { queues, observer, state } = world;
  const heed = createHeed({
    state,
    queues,
    clock,
    opportunityRules: () => world.loaded().opportunityRules,
    onWaiting: (kind, isWaiting) => stand(kind, isWaiting ? OTHER_RULES : null),
  });
  for (const kind of Object.keys(HANDLERS) as WorkKind[]) {
    await queues.work(kind, ({ ids, urgency }, signal, assure) => {
      const salesforce = world.salesforce.inLane(urgency === 'backfill' ? 'backfill' : LANE_OF[kind]);
      const fenced = { ...world, salesforce: fenceWrites(salesforce, assure) };
      return runBatch(
        { kind, ids, urgency },
        async (batch, until) => {
          if (!(await heed({ kind, ids: batch, urgency }))) return;
          // A run that ends by itself has nobody to wait for.
          await (once ? HANDLERS[kind](batch, fenced, until) : handle(kind, batch, fenced, until));
        },
        {
          gate,
          queues,
          observer,
          clock,
          random: Math.random,
          setAside: (record, id, error) => setAside(record, id, error, world),
          onStandstill(error) {
            if (once) fail(error);
          },
          onPause(paused, error) {
            stand(paused, error === null ? null : { code: codeOf(error), reason: error.message });
            if (error !== null && once) fail(error);
          },
        },
        signal,
      );
    });
  }

  function stand(kind: WorkKind, pause: Pause | null): void {
    for (const module of modulesOf(kind, world)) {
      if (pause === null) standstills.end(module);
      else standstills.begin(module, pause);
    }
  }
}

const OTHER_RULES: Pause = {
  code: 'other-rules',
  reason: 'the process that polls has other rules for opportunities than this one; give both the same configuration',
};

/** Handles a batch with the modules that can work: one that lost what it needs is left out, and looks at it later. */
async function handle(
  kind: WorkKind,
  ids: readonly string[],
  world: WorkWorld & Pick<Opened, 'suspensions'>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await world.suspensions.hold(kind, ids);
    try {
      return await HANDLERS[kind](ids, world, signal);
    } catch (error) {
      if (!(await world.suspensions.blame(error, signal))) throw error;
    }
  }
}

/** The modules that stand still together with the batches of a kind: they read the same records (XE9). */
function modulesOf(kind: WorkKind, { frame }: WorkWorld): readonly string[] {
  const { qualification, routing, contactRoles, opportunityCriteria } = frame().rulebook;
  const modules =
    kind === 'lead'
      ? { qualification, routing }
      : { contact_roles: contactRoles, opportunity_criteria: opportunityCriteria };
  return Object.entries(modules).flatMap(([module, compiled]) => (compiled === null ? [] : [module]));
}

/** A field that was there at the start is one that the integration user may not see any more. */
function codeOf({ code }: AppError): string {
  return code === 'INVALID_FIELD' || code === 'INVALID_TYPE' ? 'E_FIELD_NO_ACCESS' : code;
}
