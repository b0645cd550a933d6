import { beginOpportunityPass } from '../opportunities/evaluate-opportunities.ts';
import { judgeCommittees } from '../opportunities/judge-committees.ts';
import { judgeCriteria } from '../opportunities/judge-criteria.ts';
import type { JudgedCommittee, JudgedCriteria } from '../opportunities/opportunity-pass.ts';
import { shadowState } from '../plan/shadow-state.ts';
import type { WorkWorld } from '../work-world.ts';
import { instantOrNull } from './instant-or-null.ts';

/**
 * Why an opportunity stands as it does: judged now as the daemon would. Writes nothing.
 * @returns null when there is no such opportunity
 */
export async function explainOpportunity(id: string, world: WorkWorld, signal: AbortSignal) {
  const pass = await beginOpportunityPass([id], { ...world, state: shadowState(world.state, new Map()) }, signal);
  if (!pass.records.has(id)) return null;
  const { contactRoles, opportunityCriteria } = pass.taken.rulebook;
  const [committee] = contactRoles === null ? [] : await judgeCommittees(contactRoles.rules, pass);
  const [deal] = opportunityCriteria === null ? [] : await judgeCriteria(opportunityCriteria.rules, pass);
  return {
    contact_roles: committee === undefined ? null : explainCommittee(committee),
    opportunity_criteria: deal === undefined ? null : explainCriteria(deal),
    wake_at: instantOrNull(committee?.plan.wakeAt ?? null),
  };
}

function explainCommittee({ view, ruling, plan, waits, escalation }: JudgedCommittee) {
  const live = new Set(ruling.liveContacts);
  return {
    status: ruling.status,
    cause: ruling.cause,
    coverage: ruling.coverage,
    required_by: ruling.requiredBy,
    tier: ruling.appliedTier,
    missing: ruling.missing,
    not_engaged: ruling.notEngaged,
    gap_since: instantOrNull(ruling.gapSince),
    grace_ends: instantOrNull(ruling.graceEnds),
    roles: view.roles.map(({ id, contactId, role, isPrimary }) => ({
      role_id: id,
      contact_id: contactId,
      role,
      is_primary: isPrimary,
      is_live: live.has(contactId),
      engaged_at: instantOrNull(view.engagedContacts.get(contactId) ?? null),
    })),
    episode: plan.memory.episode.number,
    tasks: view.tasks.map(({ id, key, isClosed, isDeleted }) => {
      return { task_id: id, key, state: isDeleted ? 'deleted' : isClosed ? 'closed' : 'open' };
    }),
    waits_for_slot: waits,
    next: [
      ...(plan.update === null ? [] : [`write ${Object.keys(plan.update).join(', ')}`]),
      ...(plan.createTask === null ? [] : ['make a task']),
      ...(plan.updateTasks.length === 0 ? [] : ['change or close its task']),
      ...(escalation === null ? [] : ['escalate']),
    ],
    suggestions: plan.suggestions,
    findings: plan.findings,
  };
}

function explainCriteria({ ruling, update }: JudgedCriteria) {
  const { status, cause, satisfied, total, missing, requiredBy } = ruling;
  return {
    status,
    cause,
    coverage: total === 0 ? null : `${satisfied}/${total}`,
    missing,
    required_by: requiredBy,
    next: update === null ? [] : [`write ${Object.keys(update).join(', ')}`],
  };
}
