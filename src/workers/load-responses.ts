import { readInstant } from '../domain/instant.ts';
import { quoteList, selectWhere } from '../poll/soql.ts';
import type { Salesforce } from '../ports.ts';
import type { CampaignResponse } from '../rules/reports/contact-role-report.ts';

const MOST_CONTACTS = 3_000;

/** All campaign responses of these contacts, with the campaigns' names; one call for each 3,000 contacts, but for pages. */
export async function loadResponses(
  contactIds: readonly string[],
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<readonly CampaignResponse[]> {
  const responses: CampaignResponse[] = [];
  for (let from = 0; from < contactIds.length; from += MOST_CONTACTS) {
    const contacts = quoteList(contactIds.slice(from, from + MOST_CONTACTS));
    const where = `ContactId IN (${contacts}) AND HasResponded = true AND FirstRespondedDate != null`;
    const fields = ['CampaignId', 'Campaign.Name', 'ContactId', 'FirstRespondedDate'];
    const [rows = []] = await salesforce.queryTogether(
      [{ soql: selectWhere('CampaignMember', fields, where) }],
      signal,
    );
    for (const row of rows) {
      responses.push({
        campaignId: String(row['CampaignId']),
        campaign: String(row['Campaign.Name'] ?? row['CampaignId']),
        contactId: String(row['ContactId']),
        at: readInstant(`${String(row['FirstRespondedDate'])}T00:00:00Z`),
      });
    }
  }
  return responses;
}
