import type { RequirementItem } from './requirement-item.ts';
import type { Committee } from '../committee.ts';
import type { Requirement } from '../requirement.ts';

/** Enough people, whatever their roles; a contact with two rows counts once (C6). */
export function minContacts({ minContacts }: Requirement, { members }: Committee): readonly RequirementItem[] {
  if (minContacts === 0) return [];
  const count = new Set(members.map((member) => member.row.contactId)).size;
  return [{ isSatisfied: count >= minContacts, missing: `contacts ${count}/${minContacts}`, add: [], engage: [] }];
}
