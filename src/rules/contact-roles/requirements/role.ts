import type { Committee } from '../committee.ts';
import { matchRoles } from '../match-roles.ts';
import type { Requirement } from '../requirement.ts';
import type { RequirementItem } from './requirement-item.ts';

/** Each required role has somebody; with `distinct_people`, somebody of its own (C8). */
export function role({ roles, isDistinct }: Requirement, { members }: Committee): readonly RequirementItem[] {
  const peopleOf = (role: string): readonly string[] =>
    members.filter((member) => member.role === role).map((member) => member.row.contactId);
  const seats = isDistinct ? matchRoles(roles, peopleOf) : null;
  return roles.map((role) => ({
    isSatisfied: seats === null ? peopleOf(role).length > 0 : seats.has(role),
    missing: role,
    add: [role],
    engage: [],
  }));
}
