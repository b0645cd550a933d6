import type { ContactRoleRules } from '../../rules/contact-roles/compile-contact-roles.ts';
import { pickTaskSlots, type TaskWish } from '../../rules/contact-roles/pick-task-slots.ts';
import { loadOpenTasks } from './load-task-slots.ts';
import type { JudgedCommittee, OpportunityPass } from './opportunity-pass.ts';

/** How long one that waits for a slot goes unseen when nothing tells that one is free, ms. */
const LOOK_AGAIN = 60 * 60_000;

/**
 * Takes the task out of the plans of those that have to wait, because its owner has enough of them (C18, CE16).
 * One call when the number is limited and a task is wanted, else none.
 */
export async function grantTasks(
  judged: readonly JudgedCommittee[],
  { source, settings }: ContactRoleRules,
  { salesforce, plannedTasks, at, signal }: OpportunityPass,
): Promise<readonly JudgedCommittee[]> {
  const most = source.task?.max_open_per_owner;
  const wishes = judged.flatMap(wishOf);
  if (most === undefined || settings.taskKeyField === null || wishes.length === 0) return judged;
  const owners = [...new Set(wishes.map(({ ownerId }) => ownerId))];
  const open = await loadOpenTasks(owners, settings.taskKeyField, salesforce, signal);
  const taken = new Map(owners.map((owner) => [owner, (open.get(owner) ?? 0) + (plannedTasks?.get(owner) ?? 0)]));
  const granted = pickTaskSlots(wishes, taken, most);
  return judged.map((each) => {
    const { id, plan } = each;
    if (plan.createTask === null || granted.has(id)) return each;
    const wakeAt = Math.min(plan.wakeAt ?? Number.POSITIVE_INFINITY, at + LOOK_AGAIN);
    return { ...each, waits: true, plan: { ...plan, createTask: null, wakeAt } };
  });
}

function wishOf({ id, view: { fields }, plan }: JudgedCommittee): readonly TaskWish[] {
  if (plan.createTask === null) return [];
  const { Amount: amount, CloseDate: closeDate } = fields;
  return [
    {
      opportunityId: id,
      ownerId: String(plan.createTask['OwnerId']),
      amount: typeof amount === 'number' ? amount : null,
      closeDate: typeof closeDate === 'string' ? closeDate : null,
    },
  ];
}
