import type { Committee } from '../committee.ts';
import type { Requirement } from '../requirement.ts';
import type { RequirementItem } from './requirement-item.ts';

/** Each set of roles has at least one of them among the live members (C9); they may also fill a required role. */
export function anyOf({ anyOf }: Requirement, { members }: Committee): readonly RequirementItem[] {
  return anyOf.map((set) => ({
    isSatisfied: members.some((member) => member.role !== null && set.includes(member.role)),
    missing: set.join(' or '),
    add: set,
    engage: [],
  }));
}
