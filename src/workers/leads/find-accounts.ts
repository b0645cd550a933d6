import type { Fields, Row } from '../../domain/record.ts';
import { quoteInfix, quoteList, quotePrefix, selectWhere } from '../../poll/soql.ts';
import type { Query } from '../../ports.ts';
import { readAccount, type AccountCandidate, type AccountRules } from '../../rules/routing/match-account.ts';
import { findNamedAccount } from '../../rules/routing/named-accounts.ts';
import type { RoutingRules } from '../../rules/routing/routing-rules.ts';
import { fold } from '../../rules/text/fold.ts';

/** The accounts that may belong to one of the leads of a batch. */
export type Accounts = {
  /** @param lead  derived fields among them */
  of(lead: Fields): readonly AccountCandidate[];
};

/** So many names or domains are asked for in one query: the org refuses a condition of very many patterns as too complex. */
const TERMS = 150;

/**
 * Asks for every account that shares a key with one of the leads, and for the named ones whose owner counts (R4, R5).
 * An account that a country alone would make the lead's is not looked for: it would be every account of that country.
 * @param leads  derived fields among them
 */
export function accountQueries(
  leads: readonly Fields[],
  rules: RoutingRules,
  columns: readonly string[],
): readonly Query[] {
  const domains = new Set<string>();
  const names = new Set<string>();
  const ids = new Set<string>();
  for (const lead of leads) {
    const { accounts, namedAccounts } = rules;
    if (accounts !== null && rules.steps.includes('matched_account')) {
      for (const domain of ownDomains(lead, accounts)) domains.add(domain);
      const { company_exact: byName, country } = accounts.keys;
      const name = lead['company.norm'];
      if (byName > 0 && byName + country >= accounts.acceptScore && typeof name === 'string') names.add(name);
    }
    const named = namedAccounts === null ? null : findNamedAccount(namedAccounts, lead);
    if (named?.owner === null && named.accountId !== null) ids.add(named.accountId);
  }
  const terms = [
    ...[...domains].map((domain) => `Website LIKE ${quoteInfix(domain)}`),
    // The org compares whole names as they are written; ours leave out legal forms, so only the beginning is asked for.
    ...[...names].map((name) => `Name LIKE ${quotePrefix(name.split(' ')[0] ?? name)}`),
  ];
  const conditions = chunk(terms, TERMS).map((part) => part.join(' OR '));
  if (ids.size > 0) conditions.push(`Id IN (${quoteList([...ids])})`);
  return joinShort(conditions).map((where) => ({ soql: selectWhere('Account', columns, where) }));
}

/** Whether open opportunities settle a tie, so that they have to be counted. */
export function countsOpportunities({ accounts }: RoutingRules): boolean {
  return accounts?.tiebreak.some(({ field }) => field === 'OpenOpportunities') ?? false;
}

/** Counts the open opportunities of accounts (R5, RE8); at most 2,000 accounts, the most groups of one answer. */
export function opportunityQuery(accountIds: readonly string[]): Query {
  const of = `AccountId IN (${quoteList(accountIds)}) AND IsClosed = false`;
  return { soql: `SELECT AccountId, COUNT(Id) opportunities FROM Opportunity WHERE ${of} GROUP BY AccountId` };
}

/** @param openOpportunities  by account id; who has no entry has none */
export function indexAccounts(
  rows: readonly Row[],
  openOpportunities: ReadonlyMap<string, number>,
  rules: RoutingRules,
): Accounts {
  const byId = new Map(rows.map((row) => [String(row['Id']), candidateOf(row, openOpportunities)]));
  const byKey = Map.groupBy(
    [...byId.values()].flatMap((account) => keysOf(account).map((key) => ({ key, account }))),
    ({ key }) => key,
  );
  return {
    of(lead) {
      const { accounts, namedAccounts } = rules;
      const keys = accounts === null ? [] : [...ownDomains(lead, accounts), `name:${String(lead['company.norm'])}`];
      const found = keys.flatMap((key) => byKey.get(key)?.map(({ account }) => account) ?? []);
      const named = namedAccounts === null ? null : findNamedAccount(namedAccounts, lead);
      const own = byId.get(named?.accountId ?? '');
      return [...new Set(own === undefined ? found : [...found, own])];
    },
  };
}

function candidateOf(row: Row, openOpportunities: ReadonlyMap<string, number>): AccountCandidate {
  const id = String(row['Id']);
  const fields = readAccount({ ...row, OpenOpportunities: openOpportunities.get(id) ?? 0 });
  return { id, ownerId: String(row['OwnerId']), fields };
}

function keysOf({ fields }: AccountCandidate): readonly string[] {
  const { 'web.domain': domain, 'company.norm': company } = fields;
  return [...(typeof domain === 'string' ? [domain] : []), ...(typeof company === 'string' ? [`name:${company}`] : [])];
}

/** The lead's domains that are its company's own (R5, RE9). */
function ownDomains(lead: Fields, { keys, ignoredDomains }: AccountRules): readonly string[] {
  const { 'email.domain': email, 'web.domain': web } = lead;
  const domains = [...(keys.email_domain > 0 ? [email] : []), ...(keys.website_domain > 0 ? [web] : [])];
  return [...new Set(domains)].filter(
    (domain): domain is string => typeof domain === 'string' && !ignoredDomains.has(fold(domain)),
  );
}

/** A short list of ids goes along with a query that is made anyway. */
function joinShort(conditions: readonly string[]): readonly string[] {
  if (conditions.length !== 2) return conditions;
  return [conditions.join(' OR ')];
}

function chunk<T>(values: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let at = 0; at < values.length; at += size) chunks.push(values.slice(at, at + size));
  return chunks;
}
