import type { Instant } from '../../domain/instant.ts';
import type { Fields, FieldValue } from '../../domain/record.ts';
import type { Predicate } from '../conditions/compile-condition.ts';
import { resolveGeography } from '../geography/resolve-geography.ts';
import type { GeoSettings } from '../geography/schema.ts';
import { companyName } from '../text/company-name.ts';
import { fold } from '../text/fold.ts';
import { webDomain } from '../text/web-domain.ts';
import { MATCH_KEYS } from './account-schema.ts';
import type { MatchKey, Tiebreak } from './account-schema.ts';

/** An account that may be the lead's: as its fields and its owner. */
export type AccountCandidate = {
  /** 18 characters. */
  readonly id: string;
  readonly ownerId: string;
  /**
   * As `readAccount` gives them: API names, what `where` and `tiebreak` name among them, derived ones, and
   * `OpenOpportunities`, the number of open opportunities.
   */
  readonly fields: Fields;
};

/** The step `matched_account`, compiled. */
export type AccountRules = {
  readonly keys: Readonly<Record<MatchKey, number>>;
  readonly acceptScore: number;
  /** Domains that are nobody's own, folded. */
  readonly ignoredDomains: ReadonlySet<string>;
  readonly where: Predicate;
  readonly tiebreak: readonly Tiebreak[];
};

/** The account that a lead belongs to, and how sure that is. */
export type AccountMatch = {
  readonly account: AccountCandidate;
  readonly score: number;
  readonly keys: readonly MatchKey[];
};

const BILLING: GeoSettings = {
  country: ['BillingCountryCode', 'BillingCountry'],
  state: ['BillingStateCode', 'BillingState'],
  postal: ['BillingPostalCode'],
  infer_country_from_state: true,
  on_conflict: 'country_wins',
};

/**
 * The account with the highest score that is enough, after the tiebreaks; null for none (R5).
 * @param lead  the lead's fields, derived ones among them
 */
export function matchAccount(
  rules: AccountRules,
  lead: Fields,
  candidates: readonly AccountCandidate[],
  now: Instant,
): AccountMatch | null {
  const [best = null] = candidates
    .filter(({ fields }) => rules.where.holds(fields, now))
    .map((account) => ({ account, ...scoreAccount(rules, lead, account.fields) }))
    // A country alone is no sign of a company: every account there would be a candidate.
    .filter(({ keys, score }) => score >= rules.acceptScore && keys.some((key) => key !== 'country'))
    .sort((left, right) => right.score - left.score || compareAccounts(rules.tiebreak, left.account, right.account));
  return best;
}

/** The account's fields together with what it shares with leads: its domain, its name without legal forms, its country. */
export function readAccount(fields: Fields): Fields {
  return {
    ...fields,
    'web.domain': readText(fields['Website'], webDomain),
    'company.norm': readText(fields['Name'], companyName),
    'geo.country': resolveGeography(fields, BILLING).country,
  };
}

/** Under which it stands among a candidate's fields whether it shares a key, where the values themselves are hidden (F39). */
export function sharingName(key: MatchKey): string {
  return `shares ${key}`;
}

/** Which keys a lead and an account share, by `sharingName`. */
export function sharedKeys(rules: AccountRules, lead: Fields, account: Fields): Readonly<Record<string, boolean>> {
  return Object.fromEntries(MATCH_KEYS.map((key) => [sharingName(key), sharesKey(key, rules, lead, account)]));
}

function scoreAccount(rules: AccountRules, lead: Fields, account: Fields) {
  const keys = MATCH_KEYS.filter((key) => rules.keys[key] > 0 && sharesKey(key, rules, lead, account));
  return { keys, score: keys.reduce((sum, key) => sum + rules.keys[key], 0) };
}

function sharesKey(key: MatchKey, { ignoredDomains }: AccountRules, lead: Fields, account: Fields): boolean {
  const recorded = account[sharingName(key)];
  if (typeof recorded === 'boolean') return recorded;
  switch (key) {
    case 'email_domain':
      return isShared(ownDomain(lead['email.domain'], ignoredDomains), account['web.domain']);
    case 'website_domain':
      return isShared(ownDomain(lead['web.domain'], ignoredDomains), account['web.domain']);
    case 'company_exact':
      return isShared(lead['company.norm'], account['company.norm']);
    case 'country':
      return isShared(lead['geo.country'], account['geo.country']);
    default:
      return key satisfies never;
  }
}

/** A domain that many strangers share says nothing about the company (RE9). */
function ownDomain(domain: FieldValue | undefined, ignored: ReadonlySet<string>): string | null {
  return typeof domain === 'string' && !ignored.has(fold(domain)) ? domain : null;
}

function isShared(ours: FieldValue | undefined, theirs: FieldValue | undefined): boolean {
  return typeof ours === 'string' && ours === theirs;
}

function readText(value: FieldValue | undefined, read: (text: string) => string | null): string | null {
  return typeof value === 'string' ? read(value) : null;
}

function compareAccounts(tiebreak: readonly Tiebreak[], left: AccountCandidate, right: AccountCandidate): number {
  for (const rule of tiebreak) {
    const [ours, theirs] = [left, right].map((account) => valueOf(account, rule.field)) as [FieldValue, FieldValue];
    const order =
      rule.kind === 'equals'
        ? Number(isValue(theirs, rule.value)) - Number(isValue(ours, rule.value))
        : compareValues(ours, theirs, rule.direction);
    if (order !== 0) return order;
  }
  return 0;
}

function valueOf({ id, fields }: AccountCandidate, field: string): FieldValue {
  return field === 'Id' ? id : (fields[field] ?? null);
}

function isValue(value: FieldValue, wanted: string): boolean {
  return value !== null && fold(String(value)) === fold(wanted);
}

/** Blank values come last whatever the direction. */
function compareValues(left: FieldValue, right: FieldValue, direction: 'asc' | 'desc'): number {
  if (left === right) return 0;
  if (left === null) return 1;
  if (right === null) return -1;
  const order = left < right ? -1 : 1;
  return direction === 'asc' ? order : -order;
}
