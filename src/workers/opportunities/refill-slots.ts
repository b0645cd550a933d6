import { statusFlag } from '../../rules/contact-roles/read-status-flag.ts';
import { loadWaiting } from './load-task-slots.ts';
import type { JudgedCommittee, OpportunityPass } from './opportunity-pass.ts';

/**
 * Where a task of ours was closed, deleted or given away, its owner has a free slot: the owner's other violations are
 * evaluated again, and the one that comes first gets it (CE16). One call when a slot is free, else none.
 * @param holderOf  who has the open task of an opportunity now
 */
export async function refillSlots(
  committees: readonly JudgedCommittee[],
  holderOf: (judged: JudgedCommittee) => string | null,
  { taken, memories, salesforce, queues, signal }: OpportunityPass,
): Promise<void> {
  const rules = taken.rulebook.contactRoles?.rules;
  // A task for somebody else than the owner is found again by the timer alone.
  if (rules?.source.task?.max_open_per_owner === undefined || rules.source.task.to !== 'owner') return;
  const freed = committees.flatMap((judged) => {
    const before = memories.get(judged.id)?.['holder'];
    return typeof before === 'string' && before !== holderOf(judged) ? [before] : [];
  });
  if (freed.length === 0) return;
  const waiting = await loadWaiting([...new Set(freed)], statusFlag(rules), salesforce, signal);
  await queues.add('opportunity', waiting);
}
