import type { Instant } from '../../domain/instant.ts';
import { selectWhere } from '../../poll/soql.ts';
import type { Salesforce } from '../../ports.ts';
import type { ContactRoleRules } from '../../rules/contact-roles/compile-contact-roles.ts';
import type { ContactRoleRuling } from '../../rules/contact-roles/contact-role-ruling.ts';
import { decideContactRoles } from '../../rules/contact-roles/decide-contact-roles.ts';
import type { OpportunityView } from '../../rules/contact-roles/opportunity-view.ts';
import { lookCloser, viewOpportunity } from './judge-committees.ts';
import { loadOpportunities } from './load-opportunities.ts';
import type { Frame } from '../work-world.ts';

/** One opportunity and what the rules say of its committee now; nothing is remembered or written. */
export type Surveyed = { readonly view: OpportunityView; readonly ruling: ContactRoleRuling };

export type SurveyWorld = {
  readonly frame: Frame;
  readonly salesforce: Salesforce;
  /** Whether amounts come in several currencies: then each opportunity has one. */
  readonly hasCurrencies?: boolean;
  readonly signal: AbortSignal;
};

/** What people want to read of an opportunity and of its contacts, beside what the rules look at. */
const SHOWN = {
  opportunity: ['Name', 'Account.Name', 'Owner.Name'],
  role: ['Contact.Name', 'Contact.Title', 'Contact.Email'],
};

const BATCH = 1_000;

/**
 * Judges the committees of all opportunities that match, in about two calls for each 1,000.
 * @param where  a condition of SOQL, quoted by the caller
 */
export async function surveyCommittees(
  where: string,
  rules: ContactRoleRules,
  world: SurveyWorld,
): Promise<readonly Surveyed[]> {
  const at = world.salesforce.now();
  const ids: string[] = [];
  const soql = selectWhere('Opportunity', [], where);
  for await (const page of world.salesforce.query({ soql }, world.signal)) {
    ids.push(...page.rows.map((row) => String(row['Id'])));
  }
  const surveyed: Surveyed[] = [];
  for (let from = 0; from < ids.length; from += BATCH) {
    surveyed.push(...(await surveyBatch(ids.slice(from, from + BATCH), rules, at, world)));
  }
  return surveyed;
}

async function surveyBatch(
  ids: readonly string[],
  rules: ContactRoleRules,
  at: Instant,
  { frame, salesforce, hasCurrencies = false, signal }: SurveyWorld,
): Promise<readonly Surveyed[]> {
  const currency = hasCurrencies ? ['CurrencyIsoCode'] : [];
  const columns = {
    opportunity: [...frame.columns.opportunity, ...SHOWN.opportunity, ...currency],
    role: [...frame.columns.role, ...SHOWN.role],
    taskKey: null,
  };
  const records = await loadOpportunities(ids, columns, salesforce, signal);
  const views = [...records].map(([id, record]) => viewOpportunity(id, record, rules, frame, null));
  const closer = await lookCloser(views, rules, { salesforce, at, signal });
  return closer.map((view) => ({ view, ruling: decideContactRoles(rules, view, at) }));
}
