import type { Decision } from '../../domain/decision.ts';
import { writeInstant } from '../../domain/instant.ts';
import { findingCodes } from '../../rules/contact-roles/finding.ts';
import type { JudgedBatch, JudgedCommittee, JudgedCriteria, OpportunityPass } from './opportunity-pass.ts';
import { tell } from '../told.ts';

/** A decision as far as it is known before its writes. */
type Announced = Omit<Decision, 'writes'>;

/**
 * Logs each decision that says something new or leads to a write; a quiet org is a quiet log.
 * @returns those decisions, for the decision log
 */
export function announceOpportunities(
  { committees, criteria }: JudgedBatch,
  pass: OpportunityPass,
): readonly Announced[] {
  return [
    ...committees.flatMap((each) => announceCommittee(each, pass)),
    ...criteria.flatMap((each) => announceCriteria(each, pass)),
  ];
}

/** What to remember as said of a committee. */
export function tellCommittee(judged: JudgedCommittee): string {
  return tell(committeeResult(judged));
}

/** What to remember as said of a deal. */
export function tellCriteria(judged: JudgedCriteria): string {
  return tell(criteriaResult(judged));
}

function announceCommittee(judged: JudgedCommittee, pass: OpportunityPass): readonly Announced[] {
  const { memories, observer, at } = pass;
  const { id, view, ruling, plan } = judged;
  // What a module that only observes would write, it would write at every look.
  const writes = writesAnything(judged) && !pass.isWithheld('contact_roles');
  if (!writes && memories.get(id)?.['told'] === tellCommittee(judged)) return [];
  const result = committeeResult(judged);
  const isRoutine = ruling.cause === 'out_of_scope' || ruling.cause === 'opportunity_closed';
  observer.emit(
    'decision',
    { module: 'contact_roles', object: 'Opportunity', record_id: id, ...result },
    isRoutine && !writes ? 'debug' : 'info',
  );
  const roles = view.roles.map(({ id: roleId, contactId, role, isPrimary }) => {
    const engagedAt = view.engagedContacts.get(contactId);
    return { roleId, contactId, role, isPrimary, ...(engagedAt === undefined ? {} : { engagedAt }) };
  });
  return [
    {
      at,
      module: 'contact_roles',
      object: 'Opportunity',
      recordId: id,
      epoch: String(plan.memory.episode.number),
      input: { ...view.fields, roles },
      result: { ...result, finding_details: plan.findings, suggestions: plan.suggestions },
    },
  ];
}

function announceCriteria(judged: JudgedCriteria, pass: OpportunityPass): readonly Announced[] {
  const { id, ruling, update } = judged;
  const { memories, records, observer, at } = pass;
  // Of a deal that is not judged there is nothing to say.
  if (update === null && ruling.cause !== null) return [];
  const writes = update !== null && !pass.isWithheld('opportunity_criteria');
  if (!writes && memories.get(id)?.['toldCriteria'] === tellCriteria(judged)) return [];
  const result = criteriaResult(judged);
  // Most deals lack nothing, or are not asked: of the two modules the committee's line is the one to read.
  const isRoutine = ruling.status !== 'violation' && update === null;
  const names = { module: 'opportunity_criteria', object: 'Opportunity' };
  observer.emit('decision', { ...names, record_id: id, ...result }, isRoutine ? 'debug' : 'info');
  return [{ at, ...names, recordId: id, epoch: '0', input: records.get(id)!.fields, result }];
}

function committeeResult({ ruling, plan, waits }: JudgedCommittee) {
  return {
    result: ruling.status,
    ...(ruling.cause === null ? {} : { cause: ruling.cause }),
    ...(ruling.coverage === null ? {} : { coverage: ruling.coverage }),
    ...(ruling.missing.length === 0 ? {} : { missing: ruling.missing }),
    ...(ruling.notEngaged.length === 0 ? {} : { not_engaged: ruling.notEngaged }),
    ...(ruling.requiredBy === null ? {} : { required_by: ruling.requiredBy }),
    ...(ruling.appliedTier === null ? {} : { tier: ruling.appliedTier }),
    ...(ruling.graceEnds === null ? {} : { grace_ends: writeInstant(ruling.graceEnds) }),
    ...(waits ? { waits_for_slot: true } : {}),
    findings: findingCodes(plan.findings),
  };
}

function criteriaResult({ ruling }: JudgedCriteria) {
  return {
    result: ruling.status,
    ...(ruling.cause === null ? {} : { cause: ruling.cause }),
    ...(ruling.total === 0 ? {} : { coverage: `${ruling.satisfied}/${ruling.total}` }),
    ...(ruling.missing.length === 0 ? {} : { missing: ruling.missing }),
    ...(ruling.requiredBy === null ? {} : { required_by: ruling.requiredBy }),
    findings: [],
  };
}

function writesAnything({ plan, escalation }: JudgedCommittee): boolean {
  const { update, createTask, updateTasks, createRoles } = plan;
  return (
    update !== null || createTask !== null || escalation !== null || updateTasks.length > 0 || createRoles.length > 0
  );
}
