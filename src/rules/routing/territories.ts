import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import { compileCondition } from '../conditions/compile-condition.ts';
import type { NamedTest } from '../conditions/hidden-tests.ts';
import type { Lists } from '../conditions/operator.ts';
import { findCountry } from '../geography/find-country.ts';
import { compilePostal } from '../geography/matches-postal.ts';
import type { Geography } from '../geography/resolve-geography.ts';
import type { Target } from './target.ts';
import { candidatesIn, fileSiblings } from './territory-level.ts';
import type { TerritoryLevel } from './territory-level.ts';
import type { TerritoryMatch, TerritorySource } from './territory-schema.ts';

/** A lead's place, size and fields, as territories look at them. */
export type Locality = {
  readonly geo: Pick<Geography, 'country' | 'state' | 'postal'>;
  /** Null when the lead is in no segment. */
  readonly segment: string | null;
  /** Derived fields among them, for `when`. */
  readonly fields: Fields;
};

export type Territory = {
  /** Ids from the root, parted by `/`. */
  readonly path: string;
  readonly assign: Target | null;
  readonly matches: (lead: Locality, now: Instant) => boolean;
  readonly children: TerritoryLevel;
};

/** Where a lead belongs. */
export type TerritoryRuling = {
  /** The deepest territory entered that assigns; null for none. */
  readonly path: string | null;
  readonly assign: Target | null;
  /** The deepest territory entered, whether it assigns or not; null for none. Kept for reports (R6). */
  readonly matchedPath: string | null;
};

/** Compiles the tree once; a lead then meets only the siblings that its country can enter. */
export function compileTerritories(sources: readonly TerritorySource[], lists: Lists, parent = ''): TerritoryLevel {
  const siblings = sources.map((source) => {
    const path = `${parent}${source.id}`;
    const territory: Territory = {
      path,
      assign: source.assign ?? null,
      matches: compileMatch(source.match, lists),
      children: compileTerritories(source.children, lists, `${path}/`),
    };
    return { territory, match: source.match, countries: countriesOf(source.match) };
  });
  return fileSiblings(siblings);
}

/**
 * Enters the first sibling that matches, then looks among its children, and never turns back (R6).
 * The lead belongs to the deepest territory entered that assigns.
 */
export function matchTerritory(roots: TerritoryLevel, lead: Locality, now: Instant): TerritoryRuling {
  let ruling: TerritoryRuling = { path: null, assign: null, matchedPath: null };
  let level: TerritoryLevel | null = roots;
  while (level !== null) {
    const entered: Territory | undefined = firstEntered(candidatesIn(level, lead), lead, now);
    if (entered !== undefined) {
      const { path, assign } = entered;
      ruling = assign === null ? { ...ruling, matchedPath: path } : { path, assign, matchedPath: path };
    }
    level = entered?.children ?? null;
  }
  return ruling;
}

function firstEntered(candidates: Iterable<Territory>, lead: Locality, now: Instant): Territory | undefined {
  for (const candidate of candidates) {
    if (candidate.matches(lead, now)) return candidate;
  }
  return undefined;
}

/** Every test of a field that the territory or one below it asks. */
export function territoryTests({ match, children }: TerritorySource, lists: Lists): readonly NamedTest[] {
  const own = match.when === undefined ? [] : compileCondition(match.when, lists).tests;
  return [...own, ...children.flatMap((child) => territoryTests(child, lists))];
}

/** Keys AND, values within a key OR; a null input never matches a listed key (R7). Countries are matched by the level. */
function compileMatch({ state, segment, postal, when }: TerritoryMatch, lists: Lists): Territory['matches'] {
  const tests: Territory['matches'][] = [];
  if (state !== undefined) {
    const states = new Set(state.map((code) => code.toUpperCase()));
    tests.push(({ geo }) => geo.state !== null && states.has(geo.state));
  }
  if (segment !== undefined) {
    const segments = new Set(segment);
    tests.push((lead) => lead.segment !== null && segments.has(lead.segment));
  }
  if (postal !== undefined) {
    const isThere = compilePostal(postal);
    tests.push(({ geo }) => isThere(geo.postal, geo.country));
  }
  if (when !== undefined) {
    const predicate = compileCondition(when, lists);
    tests.push(({ fields }, now) => predicate.holds(fields, now));
  }
  return (lead, now) => tests.every((test) => test(lead, now));
}

/** Alpha-2 codes; a name that is written instead of a code is read as one. Null when any country will do. */
export function countriesOf({ country }: Pick<TerritoryMatch, 'country'>): ReadonlySet<string> | null {
  return country === undefined ? null : new Set(country.map((name) => findCountry(name) ?? name.toUpperCase()));
}
