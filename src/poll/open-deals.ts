import { inGroups } from '../domain/in-groups.ts';
import type { Salesforce } from '../ports.ts';
import { quoteList, selectWhere } from './soql.ts';

/** So many ids fit a query besides its other words: SOQL takes 100,000 characters. */
const MOST_CONTACTS = 3_000;
/** Queries of one composite call. */
const MOST_QUERIES = 5;

/** The open opportunities on which some of these contacts have a role, each once. One call for 15,000 contacts, but for pages. */
export async function loadOpenDeals(
  contactIds: readonly string[],
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const queries = inGroups(contactIds, MOST_CONTACTS).map((contacts) => {
    const roles = `SELECT OpportunityId FROM OpportunityContactRole WHERE ContactId IN (${quoteList(contacts)})`;
    return { soql: selectWhere('Opportunity', [], `IsClosed = false AND Id IN (${roles})`) };
  });
  const deals = new Set<string>();
  for (const together of inGroups(queries, MOST_QUERIES)) {
    const answers = await salesforce.queryTogether(together, signal);
    for (const row of answers.flat()) deals.add(String(row['Id']));
  }
  return [...deals];
}
