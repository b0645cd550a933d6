import { writeInstant } from '../../domain/instant.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Memory } from '../../ports.ts';
import { refusedBy, type Drift, type LeadRuling } from './decide-leads.ts';
import type { LeadModule } from './lead-input.ts';
import type { LeadPass } from './lead-pass.ts';
import { nameUsers, recordLead } from './record-lead.ts';
import type { Revert } from './reverts.ts';
import { isNews, tell } from '../told.ts';
import type { Frame } from '../work-world.ts';

/** A decision as far as it is known before its writes, and whether it says something new. */
export type Announced = { readonly decision: Omit<Decision, 'writes'>; readonly isNew: boolean };

/** Logs each ruling that says something new, by module. @returns all of them, for the decision log */
export function announce(rulings: readonly LeadRuling[], { taken, observer, at }: LeadPass): readonly Announced[] {
  const announced: Announced[] = [];
  const naming = nameUsers(taken);
  for (const ruling of rulings) {
    const { lead } = ruling;
    for (const { module, result, isRoutine } of resultsOf(ruling, taken)) {
      const isNew = isNews(tell(result), module === 'routing' ? toldOfRoute(lead.memory) : lead.memory);
      const names = { module, object: 'Lead' };
      if (isNew) {
        observer.emit('decision', { ...names, record_id: lead.id, ...result }, isRoutine ? 'debug' : 'info');
      }
      const input = recordLead(ruling, module, naming, taken, at);
      const epoch = String(lead.epoch.number);
      announced.push({ isNew, decision: { at, ...names, recordId: lead.id, epoch, input, result } });
    }
  }
  return announced;
}

type Told = {
  readonly module: LeadModule;
  readonly result: { readonly result: string } & Record<string, unknown>;
  readonly isRoutine: boolean;
};

/** What is said of a lead, by module. Users are named by id: a user name looks like an address. */
export function resultsOf(ruling: LeadRuling, { rulebook }: Pick<Frame, 'rulebook'>): readonly Told[] {
  const { lead, kind, qualification, route, assignment } = ruling;
  if (kind === 'owned') return [{ module: 'routing', result: ownedResult(ruling), isRoutine: false }];
  const told: Told[] = [];
  // What we gave away ourselves comes back as an echo: no second decision (XE25, QE11), unless something is odd.
  const isEcho = kind === 'ours' || kind === 'settled';
  if (isEcho && lead.revert?.next === 'fight') told.push(fightResult(ruling, lead.revert));
  else if (isEcho && ruling.drift !== null) told.push(driftResult(ruling, ruling.drift));
  if (qualification !== null && (!isEcho || qualification.findings.includes('score_dropped'))) {
    const { outcome, reason, points, findings, heldBack, holdUntil } = qualification;
    told.push({
      module: 'qualification',
      result: {
        result: outcome,
        ...(reason === null ? {} : { reason }),
        ...(points === null ? {} : { points }),
        ...(heldBack === null ? {} : { held_back: heldBack }),
        ...(holdUntil === null ? {} : { hold_until: writeInstant(holdUntil) }),
        findings,
      },
      isRoutine: outcome === 'out_of_scope',
    });
  }
  if (kind === 'waiting' && route?.waitUntil !== null && route?.waitUntil !== undefined) {
    const { reason, pool, territory, findings, waitUntil } = route;
    const result = { result: 'waiting', reason, pool, territory, wait_until: writeInstant(waitUntil), findings };
    told.push({ module: 'routing', result, isRoutine: false });
  }
  if (kind === 'judged' && lead.epoch.isWanted) {
    const { cause } = lead.epoch;
    told.push({ module: 'routing', result: { result: 'left', cause, findings: [cause] }, isRoutine: false });
  }
  if (kind === 'given' && assignment !== null) {
    const { ownerId, reason, pool, territory, turn } = assignment;
    const shared = { result: 'assigned', route: assignment.route, owner_id: ownerId, territory, pool, reason };
    const { number, cause } = lead.epoch;
    const epoch = cause === 'initial' ? {} : { epoch: number, cause };
    const again = lead.revert === null ? {} : { times: lead.revert.times + 1 };
    const steps = route?.steps.map(({ step, verdict, reason: why }) => `${step} ${verdict}: ${why}`) ?? [];
    const skipped = route?.skipped.map(({ pool: asked, reason: why }) => `${asked}: ${why}`) ?? [];
    told.push({
      module: 'routing',
      result: {
        ...shared,
        ...epoch,
        ...again,
        turn: turn?.turn ?? null,
        steps,
        skipped,
        findings: [...(route?.findings ?? []), ...refusals(lead.memory)],
      },
      isRoutine: false,
    });
  }
  return told.filter(({ module }) => rulebook[module] !== null);
}

/** The org has not let somebody own it: the user has left, or may not own leads (RE3, RE4). */
function refusals(memory: Memory | null): readonly string[] {
  return refusedBy(memory).length === 0 ? [] : ['user_inactive'];
}

/** A lead that we gave to somebody and that a person has passed on stays with whoever has it now (RE13). */
function ownedResult({ lead }: LeadRuling): Told['result'] {
  return lead.assignment === null ? { result: 'owned' } : { result: 'owned', findings: ['rule_bypass'] };
}

/** Another program insists: the owner is left alone for a day (F34, RE15). */
function fightResult({ assignment }: LeadRuling, { by, times }: Revert): Told {
  const result = {
    result: 'fight',
    owner_id: assignment?.ownerId ?? null,
    other_user_id: by,
    times,
    findings: ['fight'],
  };
  return { module: 'routing', result, isRoutine: false };
}

/** Its place is another than when it was routed; nothing is done about it until somebody asks (R20, RE25). */
function driftResult({ assignment }: LeadRuling, { to }: Drift): Told {
  const from = assignment?.territory ?? null;
  const result = { result: 'noop', territory: from, territory_now: to, findings: ['territory_drift'] };
  return { module: 'routing', result, isRoutine: false };
}

function toldOfRoute(memory: Memory | null): Memory | null {
  return { told: memory?.['told_route'] };
}
