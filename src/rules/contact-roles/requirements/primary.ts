import type { Committee } from '../committee.ts';
import type { Requirement } from '../requirement.ts';
import type { RequirementItem } from './requirement-item.ts';

/** One live member is the primary contact; a merge or a leaver can leave a deal without. */
export function primary({ needsPrimary }: Requirement, { members }: Committee): readonly RequirementItem[] {
  if (!needsPrimary) return [];
  const isSatisfied = members.some((member) => member.row.isPrimary);
  return [{ isSatisfied, missing: 'primary', add: [], engage: [] }];
}
