import { keysOfCode, keysOfMatch } from './postal-keys.ts';
import type { Locality, Territory } from './territories.ts';
import type { TerritoryMatch } from './territory-schema.ts';

/** Siblings of the tree in the order of the file, filed so that a lead meets only those that it may enter. */
export type TerritoryLevel = {
  /** By alpha-2 code: the siblings that name the country or none; only of countries that some sibling names. */
  readonly byCountry: ReadonlyMap<string, Filing>;
  /** The siblings that name no country. */
  readonly anywhere: Filing;
};

/** A sibling and what it asks. `countries` is null when any will do. */
export type Sibling = {
  readonly territory: Territory;
  readonly match: TerritoryMatch;
  readonly countries: ReadonlySet<string> | null;
};

type Filing = {
  readonly siblings: readonly Territory[];
  /** Places in `siblings` of those that are filed under no key, rising. */
  readonly general: readonly number[];
  /** Places by postal code, state or segment; each sibling is filed under the most telling one only. */
  readonly byKey: ReadonlyMap<string, readonly number[]>;
};

export function fileSiblings(siblings: readonly Sibling[]): TerritoryLevel {
  const named = new Set(siblings.flatMap(({ countries }) => [...(countries ?? [])]));
  const entered = (country: string | null): Filing =>
    file(siblings.filter(({ countries }) => countries === null || (country !== null && countries.has(country))));
  return { byCountry: new Map([...named].map((country) => [country, entered(country)])), anywhere: entered(null) };
}

/** The siblings that a lead may enter, in the order of the file; whether it does is still to be asked. */
export function candidatesIn(level: TerritoryLevel, { geo, segment }: Locality): Iterable<Territory> {
  const filing = (geo.country === null ? undefined : level.byCountry.get(geo.country)) ?? level.anywhere;
  const { siblings, general, byKey } = filing;
  if (byKey.size === 0) return siblings;
  const keys = keysOfCode(geo.postal, geo.country);
  const places = new Set(general);
  for (const key of [...keys, `state ${geo.state ?? ''}`, `segment ${segment ?? ''}`]) {
    for (const place of byKey.get(key) ?? []) places.add(place);
  }
  return [...places].sort((left, right) => left - right).map((place) => siblings[place]!);
}

function file(siblings: readonly Sibling[]): Filing {
  const general: number[] = [];
  const byKey = new Map<string, number[]>();
  for (const [place, { match }] of siblings.entries()) {
    const keys = filingKeys(match);
    if (keys === null) general.push(place);
    for (const key of new Set(keys)) {
      const filed = byKey.get(key);
      if (filed === undefined) byKey.set(key, [place]);
      else filed.push(place);
    }
  }
  return { siblings: siblings.map(({ territory }) => territory), general, byKey };
}

function filingKeys({ postal, state, segment }: TerritoryMatch): readonly string[] | null {
  if (postal !== undefined) return keysOfMatch(postal);
  if (state !== undefined) return state.map((code) => `state ${code.toUpperCase()}`);
  return segment?.map((name) => `segment ${name}`) ?? null;
}
