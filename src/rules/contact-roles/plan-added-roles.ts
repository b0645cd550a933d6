import type { Fields } from '../../domain/record.ts';
import type { ContactRoleRules } from './compile-contact-roles.ts';
import type { OpportunityView } from './opportunity-view.ts';
import type { Suggestion } from './suggest-contacts.ts';

/** The rows that `auto_add` inserts: never a second one of a contact, never a primary one (C16). */
export function planAddedRoles(
  { source }: ContactRoleRules,
  view: OpportunityView,
  suggestions: readonly Suggestion[],
): readonly Fields[] {
  const autoAdd = source.suggest?.auto_add;
  if (autoAdd?.enabled !== true) return [];
  return suggestions
    .filter(({ score }) => score >= autoAdd.min_score)
    .map(({ contactId, role }) => ({
      OpportunityId: view.id,
      ContactId: contactId,
      Role: source.roles[role]?.values[0] ?? null,
    }));
}
