import type { Fields } from '../../domain/record.ts';
import { deriveFields } from '../conditions/derive-fields.ts';
import { resolveGeography } from '../geography/resolve-geography.ts';
import type { Geography } from '../geography/resolve-geography.ts';
import { segmentOf } from '../routing/segments.ts';
import type { QualificationRules } from './qualification-rules.ts';

/** A lead as rules see it. */
export type LeadReading = {
  /** The lead's own fields, impossible values as null, and those that are derived from them (F13). */
  readonly fields: Fields;
  readonly geo: Geography;
  /** What is odd about the values; each once. */
  readonly findings: readonly string[];
};

/** Reads a lead's place, domains and segment. A negative number of employees is no number (QE2). */
export function readLead(
  rules: Pick<QualificationRules, 'geo' | 'segments' | 'freeEmailDomains'>,
  raw: Fields,
): LeadReading {
  const isBad = typeof raw['NumberOfEmployees'] === 'number' && raw['NumberOfEmployees'] < 0;
  const own = isBad ? { ...raw, NumberOfEmployees: null } : raw;
  const geo = resolveGeography(own, rules.geo);
  const segment = segmentOf(rules.segments, own['NumberOfEmployees']);
  const fields = deriveFields(own, { geo, freeEmailDomains: rules.freeEmailDomains, segment });
  return { fields, geo, findings: [...new Set([...(isBad ? ['bad_value'] : []), ...geo.findings])] };
}
