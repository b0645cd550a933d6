import type { OpportunityView } from './opportunity-view.ts';

/** The id of the user that `to:` means: `owner`, `manager`, or a user by name; null when there is none. */
export function pickRecipient(view: OpportunityView, to: string): string | null {
  if (to === 'manager') return view.managerId;
  if (to !== 'owner') return view.users.get(to) ?? null;
  const owner = view.fields['OwnerId'];
  return typeof owner === 'string' ? owner : null;
}
