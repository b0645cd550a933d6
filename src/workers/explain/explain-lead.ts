import { isHidden } from '../../rules/conditions/hidden-tests.ts';
import type { QualificationRuling } from '../../rules/qualification/qualification-ruling.ts';
import { REQUALIFY_ALL } from '../leads/changed-rules.ts';
import { wakeAt, type LeadRuling } from '../leads/decide-leads.ts';
import { loadCases } from '../leads/load-cases.ts';
import type { LeadPass } from '../leads/lead-pass.ts';
import { beginLeadPass, decideLeads } from '../leads/route-leads.ts';
import { shadowState } from '../plan/shadow-state.ts';
import type { WorkWorld } from '../work-world.ts';
import { instantOrNull } from './instant-or-null.ts';

/**
 * Why a lead is as it is: decided now as the daemon would, with turns that nobody else sees. Every rule that matches is
 * told, not only the deciding one (Q1). Writes nothing.
 * @returns null when there is no such lead
 */
export async function explainLead(id: string, world: WorkWorld, signal: AbortSignal) {
  const pass = beginLeadPass({ ...world, state: shadowState(world.state, REQUALIFY_ALL) }, signal);
  const [ruling] = await decideLeads(await loadCases([id], pass), pass);
  if (ruling === undefined) return null;
  const { lead, qualification } = ruling;
  return {
    state: STATES[ruling.kind],
    epoch: { number: lead.epoch.number, cause: lead.epoch.cause },
    qualification: qualification === null ? null : explainQualification(qualification),
    routing: explainRouting(ruling, pass),
    wake_at: instantOrNull(wakeAt(ruling)),
    findings: [...new Set([...(qualification?.findings ?? []), ...(ruling.route?.findings ?? [])])],
    read: readValues(ruling, pass),
  };
}

/** What each kind of ruling means to whoever asks. */
const STATES: Readonly<Record<LeadRuling['kind'], string>> = {
  owned: 'somebody has it who is not in routing.intake: it is left alone (R22)',
  ours: 'we gave it to the owner that it has',
  settled: 'its routing is done for this epoch (R20); rolecall reroute begins another',
  judged: 'qualification decides, nobody is to get it',
  given: 'it is to be given to somebody',
  waiting: 'it waits for opening hours, its owner unchanged (R11)',
};

function explainQualification(ruling: QualificationRuling) {
  const { matches, geo } = ruling;
  return {
    outcome: ruling.outcome,
    reason: ruling.reason,
    points: ruling.points,
    held_back: ruling.heldBack,
    held_back_until: instantOrNull(ruling.heldBackUntil),
    hold_until: instantOrNull(ruling.holdUntil),
    is_in_scope: matches.isInScope,
    suppress: matches.suppress.map(({ id }) => id),
    disqualify: matches.disqualify.map(({ id }) => id),
    missing: matches.missing,
    qualify: matches.qualify.map(({ id, qualifies, standing, threshold }) => {
      const score = standing === null ? {} : { points: standing.total, needs: threshold, rules: standing.rules };
      return { id, qualifies, ...score };
    }),
    geo: { country: geo.country, state: geo.state, postal: geo.postal },
  };
}

/** How it was given to whoever has it, or how it would be given now. */
function explainRouting({ route, assignment, lead }: LeadRuling, { taken }: LeadPass) {
  const chosen = assignment ?? lead.assignment;
  if (route === null && chosen === null) return null;
  const ownerId = chosen?.ownerId ?? null;
  return {
    route: chosen?.route ?? route?.route ?? null,
    reason: chosen?.reason ?? route?.reason ?? null,
    territory: chosen?.territory ?? route?.territory ?? null,
    pool: chosen?.pool ?? route?.pool ?? null,
    turn: chosen?.turn?.turn ?? null,
    owner_id: ownerId,
    owner: ownerId === null ? null : nameOwner(ownerId, taken.directory),
    steps: route?.steps.map(({ step, verdict, reason }) => `${step} ${verdict}: ${reason}`) ?? [],
    out: route?.skipped.map(({ pool, user, reason }) => `${user} in ${pool}: ${reason}`) ?? [],
  };
}

function nameOwner(id: string, { users, queuesById }: LeadPass['taken']['directory']): string {
  const queue = queuesById.get(id);
  return queue === undefined ? (users.byId.get(id)?.username ?? id) : `queue:${queue.developerName}`;
}

/** The values that the rules saw; of people's data only whether there is any. */
function readValues({ lead, qualification }: LeadRuling, { taken }: LeadPass) {
  const fields = qualification?.fields ?? lead.reading.fields;
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => {
      const isSecret = value !== null && isHidden(field, taken.rulebook.hidden);
      return [field, isSecret ? '(hidden)' : (value ?? null)];
    }),
  );
}
