import type { Instant } from '../../domain/instant.ts';
import { addElapsed } from '../../rules/calendars/add-open.ts';
import { readCommitteeMemory } from '../../rules/contact-roles/committee-memory.ts';
import type { ContactRoleRules } from '../../rules/contact-roles/compile-contact-roles.ts';
import type { ContactRoleRuling } from '../../rules/contact-roles/contact-role-ruling.ts';
import { decideContactRoles } from '../../rules/contact-roles/decide-contact-roles.ts';
import { findingCodes } from '../../rules/contact-roles/finding.ts';
import { readAt } from '../../rules/contact-roles/opportunity-dates.ts';
import type { OpportunityView } from '../../rules/contact-roles/opportunity-view.ts';
import { pickOwnerCalendar } from '../../rules/contact-roles/pick-owner-calendar.ts';
import { planOpportunity } from '../../rules/contact-roles/plan-opportunity.ts';
import { writeEscalation } from '../../rules/contact-roles/write-escalation.ts';
import { findUser } from '../../rules/routing/users.ts';
import { heedUndo } from './heed-undo.ts';
import { knowStages } from './know-stages.ts';
import { loadCloserLook } from './load-closer-look.ts';
import type { OpportunityRecord } from './load-opportunities.ts';
import type { JudgedCommittee, OpportunityPass } from './opportunity-pass.ts';
import { grantTasks } from './grant-tasks.ts';
import { suggestPeople } from './suggest-people.ts';
import type { Frame } from '../work-world.ts';

/** Judges the committees of a batch. @throws AppError `E_STAGE_UNKNOWN` (fix-config) when a configured stage is gone (CE24) */
export async function judgeCommittees(
  compiled: ContactRoleRules,
  pass: OpportunityPass,
): Promise<readonly JudgedCommittee[]> {
  const rules = { ...compiled, stages: await currentStages(compiled, pass) };
  const views = [...pass.records].map(([id, record]) =>
    viewOpportunity(id, record, rules, pass.taken, pass.memories.get(id)?.['committee']),
  );
  const judged = (await lookCloser(views, rules, pass)).map((view) => judge(view, rules, pass.at));
  const granted = await grantTasks(judged, rules, pass);
  const suggested = await suggestPeople(granted, rules, pass, (view) => judge(view, rules, pass.at));
  return suggested.map((each) => {
    const { id, view, plan } = each;
    return { ...each, plan: { ...plan, update: heedUndo(plan.update, view.fields, pass.memories.get(id) ?? null) } };
  });
}

/** One opportunity as the rules look at it, without engagement, history and candidates. */
export function viewOpportunity(
  id: string,
  { fields, roles, tasks }: OpportunityRecord,
  rules: ContactRoleRules,
  { rulebook, directory, columns }: Frame,
  remembered: unknown,
): OpportunityView {
  const owner = directory.users.byId.get(String(fields['OwnerId']));
  const calendar = pickOwnerCalendar(
    rules.source.grace?.calendar ?? 'owner',
    { username: owner?.username ?? '', timeZone: owner?.timeZone ?? null },
    rulebook.calendarSources,
  );
  const recipients = [rules.source.task?.to ?? 'owner', ...rules.source.escalate.map(({ to }) => to)];
  return {
    id,
    fields,
    stageHistoryAt: null,
    roles,
    engagedContacts: new Map(),
    plannedEngagements: new Map(),
    calendar: rulebook.calendars.get(calendar)!,
    managerId: owner?.managerId ?? null,
    users: new Map(
      recipients.flatMap((name) => {
        const user = findUser(directory.users, name);
        return user === null ? [] : [[name, user.id] as const];
      }),
    ),
    tasks,
    candidates: [],
    fieldLengths: columns.lengths,
    memory: readCommitteeMemory(remembered),
  };
}

/**
 * Reads what the rulings of some opportunities hang on: who is engaged, and when a stage was entered that no date tells.
 * Most of a batch needs neither; a batch that needs none costs no call.
 */
export async function lookCloser(
  views: readonly OpportunityView[],
  rules: ContactRoleRules,
  { salesforce, at, signal }: Pick<OpportunityPass, 'salesforce' | 'at' | 'signal'>,
): Promise<readonly OpportunityView[]> {
  const first = views.map((view) => ({ view, ruling: decideContactRoles(rules, view, at) }));
  const { engaged } = rules.source.member;
  const contactIds = first.flatMap(({ view, ruling }) => contactsToAsk(rules, view, ruling));
  const undated = first.filter(({ view, ruling }) => hangsOnHistory(view, ruling));
  const answer = await loadCloserLook(
    {
      contactIds,
      engagedBy: engaged?.by ?? [],
      engagedSince: engaged === undefined ? at : 2 * at - addElapsed(at, engaged.within),
      stages: new Map(undated.map(({ view }) => [view.id, String(view.fields['StageName'])])),
    },
    salesforce,
    signal,
  );
  const asked = new Set(contactIds);
  const engagedContacts = new Map([...answer.engagedContacts].filter(([contact]) => asked.has(contact)));
  const { plannedEngagements, stageEntries } = answer;
  return views.map((view) => {
    return { ...view, engagedContacts, plannedEngagements, stageHistoryAt: stageEntries.get(view.id) ?? null };
  });
}

function judge(view: OpportunityView, rules: ContactRoleRules, at: Instant): JudgedCommittee {
  const ruling = decideContactRoles(rules, view, at);
  const plan = planOpportunity(rules, view, ruling, at);
  const escalation = plan.escalation === null ? null : writeEscalation(rules, view, ruling, plan.escalation);
  return { id: view.id, view, ruling, plan, waits: false, escalation };
}

function currentStages({ source, stages }: ContactRoleRules, pass: OpportunityPass) {
  const listed = source.stages.map(({ stage }) => stage);
  const treatAs = source.pre_close === undefined ? [] : [source.pre_close.treat_as];
  return knowStages('contact_roles', { listed, named: [...listed, ...treatAs], known: stages }, pass);
}

/** The people who could fill a role that asks for engagement, and all of a crowd, whose rows count only when engaged (C19). */
function contactsToAsk(rules: ContactRoleRules, view: OpportunityView, ruling: ContactRoleRuling): readonly string[] {
  const isCrowd = findingCodes(ruling.findings).includes('blanket_association');
  return view.roles.flatMap(({ contactId, role }) => {
    const filled = role === null ? null : rules.roleOf(role);
    return isCrowd || (filled !== null && ruling.notEngaged.includes(filled)) ? [contactId] : [];
  });
}

/** Stage entry matters for a gap's grace (C12) and for `effective_from` (C15). */
function hangsOnHistory({ fields }: OpportunityView, { cause, gapSince }: ContactRoleRuling): boolean {
  return readAt(fields['LastStageChangeDate']) === null && (gapSince !== null || cause === 'not_yet_effective');
}
