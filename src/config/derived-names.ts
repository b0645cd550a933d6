import { derivedNames } from '../rules/conditions/derive-fields.ts';
import { GeoSettings } from '../rules/geography/schema.ts';
import type { Config } from './schema.ts';

/** What a lead's history gives (F13). */
const HISTORY_NAMES = ['sla.touches', 'sla.responses', 'sla.age', 'last_touch', 'score.gain'];

/** All names of F13 that are no fields of the org. */
export const DERIVED_NAMES: readonly string[] = [...derivedNames, ...HISTORY_NAMES];

/** Whether a name has the form of a derived one, known or not: small letters, and not a custom field's suffix. */
export function isDerived(name: string): boolean {
  return /^[a-z_]+(?:\.[a-z_]+)?$/.test(name) && !name.includes('__');
}

/** The lead's fields that a derived name is made of; none for what the history gives. */
export function baseFields(name: string, { qualification }: Pick<Config, 'qualification'>): readonly string[] {
  const geo = qualification?.geo ?? GeoSettings.parse({});
  switch (name) {
    case 'email.domain':
    case 'email.is_free':
      return ['Email'];
    case 'response.source':
      return ['LeadSource'];
    case 'web.domain':
      return ['Website'];
    case 'company.norm':
      return ['Company'];
    case 'segment':
      return ['NumberOfEmployees'];
    case 'geo.country':
    case 'geo.state':
    case 'geo.postal':
      return [...geo.country, ...geo.state, ...geo.postal];
    default:
      return [];
  }
}
