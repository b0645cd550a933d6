import type { Fields } from '../../domain/record.ts';
import { fold } from '../text/fold.ts';
import { findCountry } from './find-country.ts';
import { isOrgStateCode } from './org-state-codes.ts';
import { normalizePostal } from './postal-code.ts';
import type { GeoSettings } from './schema.ts';
import { countriesWithSubdivision, findSubdivision } from './subdivisions.ts';

/** Where a record is, as rules see it (`geo.country`, `geo.state`, `geo.postal`). */
export type Geography = {
  /** ISO alpha-2. */
  readonly country: string | null;
  /** The code of the subdivision without the country, in upper case. */
  readonly state: string | null;
  readonly postal: string | null;
  /** `geo_unresolved` and `geo_conflict`, each at most once. */
  readonly findings: readonly string[];
  /** The parts disagree and the settings say to hold such a record. */
  readonly hold: boolean;
};

/**
 * Reads the place of a record from its fields (F14–F17). A country that is named but not known stays unknown, whatever
 * the state says; only a missing one is inferred.
 */
export function resolveGeography(fields: Fields, settings: GeoSettings): Geography {
  const named = firstText(fields, settings.country);
  const stateText = firstText(fields, settings.state);
  const country = named === null ? inferCountry(stateText, settings) : findCountry(named);
  const placed = placeState(country, stateText, settings);
  const findings = [
    ...(named !== null && country === null ? ['geo_unresolved'] : []),
    ...(placed.isConflict ? ['geo_conflict'] : []),
  ];
  const postalText = firstText(fields, settings.postal);
  return {
    country: placed.country,
    state: placed.state,
    postal: postalText === null ? null : normalizePostal(postalText, placed.country),
    findings,
    hold: placed.isConflict && settings.on_conflict === 'hold',
  };
}

type PlacedState = { readonly country: string | null; readonly state: string | null; readonly isConflict: boolean };

function placeState(country: string | null, text: string | null, settings: GeoSettings): PlacedState {
  if (country === null || text === null) return { country, state: null, isConflict: false };
  const state = findSubdivision(country, text);
  if (state !== null) return { country, state, isConflict: false };
  const code = fold(text).toUpperCase();
  if (isOrgStateCode(country, code)) return { country, state: code, isConflict: false };

  const others = countriesWithSubdivision(text);
  // Puerto Rico in Puerto Rico: the name of the country itself, which is also a state of the US.
  if (others.length === 0 || findCountry(text) === country) return { country, state: null, isConflict: false };
  const [other] = others;
  if (settings.on_conflict === 'state_wins' && other !== undefined && others.length === 1) {
    return { country: other, state: findSubdivision(other, text), isConflict: true };
  }
  return { country, state: null, isConflict: true };
}

/** The only country in the world with such a state, unless the text is a country's own name: Georgia is not inferred (F15). */
function inferCountry(stateText: string | null, settings: GeoSettings): string | null {
  if (stateText === null || !settings.infer_country_from_state || findCountry(stateText) !== null) return null;
  const countries = countriesWithSubdivision(stateText);
  return countries.length === 1 ? (countries[0] ?? null) : null;
}

function firstText(fields: Fields, names: readonly string[]): string | null {
  for (const name of names) {
    const value = fields[name];
    const text = value === undefined || value === null ? '' : String(value).trim();
    if (text !== '') return text;
  }
  return null;
}
