import type { Committee } from '../committee.ts';
import type { Requirement } from '../requirement.ts';
import type { RequirementItem } from './requirement-item.ts';

/** Each of these roles has somebody who was met, called or written to lately, or who answered a campaign (C10). */
export function engaged({ engaged }: Requirement, { members }: Committee): readonly RequirementItem[] {
  return engaged.map((role) => ({
    isSatisfied: members.some((member) => member.role === role && member.engagedUntil !== null),
    missing: `not engaged: ${role}`,
    add: [],
    engage: [role],
  }));
}
