import type { Instant } from '../../../../src/domain/instant.ts';
import type { ContactRoleRules } from '../../../../src/rules/contact-roles/compile-contact-roles.ts';
import type { ContactRoleRuling } from '../../../../src/rules/contact-roles/contact-role-ruling.ts';
import { decideContactRoles } from '../../../../src/rules/contact-roles/decide-contact-roles.ts';
import type { CommitteeTask, OpportunityView } from '../../../../src/rules/contact-roles/opportunity-view.ts';
import { planOpportunity } from '../../../../src/rules/contact-roles/plan-opportunity.ts';
import type { OpportunityPlan } from '../../../../src/rules/contact-roles/plan-opportunity.ts';
import { aRole } from './builders.ts';

export type Round = {
  readonly ruling: ContactRoleRuling;
  readonly plan: OpportunityPlan;
  /** The opportunity as it is after the plan was applied. */
  readonly view: OpportunityView;
};

/** Decides, plans, and writes all of it, as the daemon does when the org takes everything. */
export function playRound(rules: ContactRoleRules, view: OpportunityView, now: Instant): Round {
  const ruling = decideContactRoles(rules, view, now);
  const plan = planOpportunity(rules, view, ruling, now);
  return { ruling, plan, view: applyPlan(view, plan) };
}

function applyPlan(view: OpportunityView, plan: OpportunityPlan): OpportunityView {
  const tasks = view.tasks.map((task) => {
    const update = plan.updateTasks.find(({ id }) => id === task.id);
    return update === undefined ? task : changeTask(task, update.fields);
  });
  const created = plan.createTask === null ? [] : [taskOf(plan.createTask, `00T-${tasks.length}`)];
  const added = plan.createRoles.map((row) => aRole(String(row['ContactId']), row['Role'] as string | null));
  return {
    ...view,
    fields: { ...view.fields, ...plan.update },
    roles: [...view.roles, ...added],
    tasks: [...tasks, ...created],
    memory: plan.memory,
  };
}

function taskOf(fields: NonNullable<OpportunityPlan['createTask']>, id: string): CommitteeTask {
  return {
    id,
    key: String(fields['Rolecall_Key__c']),
    subject: String(fields['Subject']),
    description: String(fields['Description']),
    isClosed: false,
    isDeleted: false,
    isUntouched: true,
    ownerId: String(fields['OwnerId']),
    createdAt: null,
  };
}

function changeTask(task: CommitteeTask, fields: OpportunityPlan['updateTasks'][number]['fields']): CommitteeTask {
  return {
    ...task,
    subject: 'Subject' in fields ? String(fields['Subject']) : task.subject,
    description: 'Description' in fields ? String(fields['Description']) : task.description,
    ownerId: 'OwnerId' in fields ? String(fields['OwnerId']) : task.ownerId,
    isClosed: task.isClosed || fields['Status'] === 'Completed',
  };
}
