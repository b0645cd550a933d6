import { isRecordId, to18 } from '../../domain/record-id.ts';
import type { Fields } from '../../domain/record.ts';
import { fold } from '../text/fold.ts';
import { webDomain } from '../text/web-domain.ts';

/** One row of the list of named accounts. */
export type NamedAccount = {
  readonly domain: string;
  /** 18 characters; null when the row names none. */
  readonly accountId: string | null;
  /** A user reference; null for the owner of the account. */
  readonly owner: string | null;
};

/** The step `named_account`, compiled. */
export type NamedAccounts = {
  readonly matchOn: readonly string[];
  readonly byDomain: ReadonlyMap<string, NamedAccount>;
};

/**
 * Under which the domain of a lead's named account stands among its fields, null for none, where its own domain is
 * hidden (F39).
 */
export const NAMED_DOMAIN = 'named account';

/** Rows of a list, by column name; the columns are `domain`, `account_id` and `owner`. */
export type ListRows = readonly Readonly<Record<string, string>>[];

/** Accounts by domain; of rows with the same domain the first one counts. */
export function indexNamedAccounts(rows: ListRows): ReadonlyMap<string, NamedAccount> {
  const byDomain = new Map<string, NamedAccount>();
  for (const row of rows) {
    const written = row['domain'] ?? row['value'] ?? '';
    const domain = webDomain(written) ?? fold(written);
    if (domain === '' || byDomain.has(domain)) continue;
    const id = row['account_id']?.trim() ?? '';
    const owner = row['owner']?.trim() ?? '';
    byDomain.set(domain, { domain, accountId: isRecordId(id) ? to18(id) : null, owner: owner === '' ? null : owner });
  }
  return byDomain;
}

/**
 * The named account whose domain the lead's is, or is a sub-domain of on a label boundary (R4): the longest of all
 * matches, of two as long the one of the earlier field. Null for none.
 * @param fields  derived ones among them
 */
export function findNamedAccount({ matchOn, byDomain }: NamedAccounts, fields: Fields): NamedAccount | null {
  const recorded = fields[NAMED_DOMAIN];
  if (recorded !== undefined) return byDomain.get(String(recorded)) ?? null;
  let longest: NamedAccount | null = null;
  for (const field of matchOn) {
    const domain = fields[field];
    const found = typeof domain === 'string' ? findByDomain(byDomain, domain) : null;
    if (found !== null && found.domain.length > (longest?.domain.length ?? 0)) longest = found;
  }
  return longest;
}

function findByDomain(byDomain: ReadonlyMap<string, NamedAccount>, domain: string): NamedAccount | null {
  const labels = domain.split('.');
  for (let first = 0; first < labels.length; first++) {
    const found = byDomain.get(labels.slice(first).join('.'));
    if (found !== undefined) return found;
  }
  return null;
}
