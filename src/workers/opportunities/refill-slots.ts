import { statusFlag } from '../../rules/contact-roles/read-status-flag.ts';
import { findUser, type Users } from '../../rules/routing/users.ts';
import { loadWaiting } from './load-task-slots.ts';
import type { JudgedCommittee, OpportunityPass } from './opportunity-pass.ts';

/**
 * Where a task of ours was closed, deleted or given away, its holder has a free slot: the other violations that ask for
 * it are evaluated again, and the one that comes first gets it (CE16). One call when a slot is free, else none.
 * @param holderOf  who has the open task of an opportunity now
 */
export async function refillSlots(
  committees: readonly JudgedCommittee[],
  holderOf: (judged: JudgedCommittee) => string | null,
  { taken, memories, salesforce, queues, signal }: OpportunityPass,
): Promise<void> {
  const rules = taken.rulebook.contactRoles?.rules;
  if (rules?.source.task?.max_open_per_owner === undefined) return;
  const freed = committees.flatMap((judged) => {
    const before = memories.get(judged.id)?.['holder'];
    return typeof before === 'string' && before !== holderOf(judged) ? [before] : [];
  });
  if (freed.length === 0) return;
  const owners = ownersServed(rules.source.task.to, new Set(freed), taken.directory.users);
  const waiting = await loadWaiting(owners, statusFlag(rules), salesforce, signal);
  await queues.add('opportunity', waiting);
}

/** Whose deals ask these users for a task; null for everybody's. Where `to` names nobody, the owner gets it. */
function ownersServed(to: string, holders: ReadonlySet<string>, users: Users): readonly string[] | null {
  if (to === 'owner') return [...holders];
  if (to !== 'manager') return holders.has(findUser(users, to)?.id ?? '') ? null : [...holders];
  const reports = [...users.byId.values()].filter(({ managerId }) => managerId !== null && holders.has(managerId));
  return [...holders, ...reports.map(({ id }) => id)];
}
