import { readInstant } from '../../domain/instant.ts';
import type { Row } from '../../domain/record.ts';
import { quoteList, selectWhere, soqlInstant } from '../../poll/soql.ts';
import type { Predicate } from '../../rules/conditions/compile-condition.ts';
import { askTogether } from '../ask-together.ts';
import type { LeadCase, LeadRuling } from './decide-leads.ts';
import type { LeadPass } from './lead-pass.ts';

/**
 * The leads that raise a hand anew after a person had set their Status (QE8): the rules of re-entry decide. What they
 * call `response.source` is, of each answer to a campaign since then, the campaign's name and its type; and the
 * LeadSource, when it is another than at our last look. One call, and only when a person's Status holds a lead back.
 * @returns ids of leads
 */
export async function findHandRaises(rulings: readonly LeadRuling[], pass: LeadPass): Promise<ReadonlySet<string>> {
  const { taken, salesforce, signal, at } = pass;
  const { reEntry } = taken.rulebook;
  const heldBack = rulings.filter(({ qualification }) => qualification?.heldBack === 'human_change');
  if (reEntry === null || heldBack.length === 0) return new Set();
  const leads = heldBack.map(({ lead }) => lead);
  const since = Math.min(...leads.map(({ personSetStatusAt }) => personSetStatusAt ?? at));
  const where =
    `LeadId IN (${quoteList(leads.map(({ id }) => id))}) AND HasResponded = true` +
    ` AND SystemModstamp > ${soqlInstant(since)} AND FirstRespondedDate >= ${soqlInstant(since).slice(0, 10)}`;
  const fields = ['LeadId', 'SystemModstamp', 'Campaign.Name', 'Campaign.Type'];
  const [answers = []] = await askTogether(
    [{ soql: selectWhere('CampaignMember', fields, where) }],
    salesforce,
    signal,
  );
  const byLead = Map.groupBy(answers, (row) => String(row['LeadId']));
  return new Set(leads.filter((lead) => raises(lead, byLead.get(lead.id) ?? [], reEntry, pass)).map(({ id }) => id));
}

function raises(lead: LeadCase, answers: readonly Row[], reEntry: Predicate, { at }: LeadPass): boolean {
  const { fields } = lead.record;
  const seen = lead.memory?.['lead_source'];
  const { LeadSource: source } = fields;
  const since = lead.personSetStatusAt ?? at;
  const fresh = answers.filter((row) => readInstant(String(row['SystemModstamp'])) > since);
  const sources = new Set(fresh.flatMap((row) => [row['Campaign.Name'], row['Campaign.Type']]));
  if (seen !== undefined && seen !== source) sources.add(source);
  return [...sources].some((name) => reEntry.holds({ ...fields, 'response.source': name ?? null }, at));
}
