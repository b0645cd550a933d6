import type { LeadOwner } from './route-input.ts';
import type { RoutingRules } from './routing-rules.ts';
import { findUser } from './users.ts';
import type { Users } from './users.ts';

/**
 * Whether leads of this owner are routed at all (R22): an owner of `intake`, or nobody. Without `intake` it is any
 * queue, since nobody works there.
 */
export function isIntake({ intake }: Pick<RoutingRules, 'intake'>, owner: LeadOwner | null, users: Users): boolean {
  if (owner === null) return true;
  if (intake === null) return owner.kind === 'queue';
  return intake.some((taken) => {
    if (taken.kind === 'queue') {
      return owner.kind === 'queue' && taken.queue.toLowerCase() === owner.queue.toLowerCase();
    }
    return owner.kind === 'user' && findUser(users, taken.user)?.id === owner.id;
  });
}
