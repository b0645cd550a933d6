import type { Inventory, State } from '../ports.ts';

/**
 * Puts the poller's rules in force for all replicas. When others were before, all open opportunities are to be judged
 * anew: nobody need touch a deal for its flags to follow an edit (I3). Leads stay as they are until somebody asks (Q8).
 * @param rules  `LoadedFrame.opportunityRules`
 * @throws AppError wait
 */
export async function putInForce(
  rules: string,
  { state, inventory }: { readonly state: State; readonly inventory: Inventory },
): Promise<void> {
  const before = await state.opportunityRules();
  if (before === rules) return;
  // A crash in between asks twice, never not at all. Where nothing was judged yet, the first poll reads everything.
  if (before !== null) await inventory.request(['Opportunity']);
  await state.putOpportunityRules(rules);
}
