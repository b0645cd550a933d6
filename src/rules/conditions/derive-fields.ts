import type { Fields, FieldValue } from '../../domain/record.ts';
import { companyName } from '../text/company-name.ts';
import { emailDomain } from '../text/email-domain.ts';
import { fold } from '../text/fold.ts';
import { webDomain } from '../text/web-domain.ts';

/** What a record's own fields do not tell. */
export type DerivedSettings = {
  /** The record's place as `resolveGeography` gives it; left out where the rules know none. */
  readonly geo?: { readonly country: string | null; readonly state: string | null; readonly postal: string | null };
  /** Domains of free mailboxes, folded; compared whole (QE4). */
  readonly freeEmailDomains: ReadonlySet<string>;
  /** The segment of the routing rules, null when the record is in none; left out where it is not known. */
  readonly segment?: string | null;
};

/** The names of F13 that `deriveFields` computes. Others, as `sla.touches`, come from a lead's history. */
export const derivedNames: readonly string[] = [
  'geo.country',
  'geo.state',
  'geo.postal',
  'email.domain',
  'email.is_free',
  'web.domain',
  'company.norm',
  'segment',
  'response.source',
];

/**
 * The fields together with those that rules derive from `Email`, `Website`, `Company` and `LeadSource` (F13). Other names, derived
 * ones among them, stay as they are. A derived value is null when there is nothing to derive it from.
 */
export function deriveFields(fields: Fields, { geo, freeEmailDomains, segment }: DerivedSettings): Fields {
  const domain = read(fields['Email'], emailDomain);
  return {
    ...fields,
    'email.domain': domain,
    'email.is_free': domain === null ? null : freeEmailDomains.has(fold(domain)),
    'web.domain': read(fields['Website'], webDomain),
    'company.norm': read(fields['Company'], companyName),
    ...(geo === undefined ? {} : { 'geo.country': geo.country, 'geo.state': geo.state, 'geo.postal': geo.postal }),
    ...(segment === undefined ? {} : { segment }),
    // The first response is the one that made the lead; later ones come from its history.
    'response.source': fields['response.source'] ?? fields['LeadSource'] ?? null,
  };
}

function read(value: FieldValue | undefined, derive: (text: string) => string | null): string | null {
  return typeof value === 'string' ? derive(value) : null;
}
