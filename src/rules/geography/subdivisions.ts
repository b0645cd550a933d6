import { iso31662 } from 'iso-3166';

import { placeKey } from './place-key.ts';
import { subdivisionAliases } from './subdivision-aliases.ts';

/**
 * The code of a country's subdivision without the country (`CA`, `BY`), or null when the text means none of it.
 * Reads the code with and without the country, the name in its own language, and the English one of the better known.
 */
export function findSubdivision(country: string, text: string): string | null {
  return index().subdivisionsByCountry.get(country)?.get(subdivisionKey(text)) ?? null;
}

/** The countries, by alpha-2 code, that have a subdivision of this name or code; in no particular order. */
export function countriesWithSubdivision(text: string): readonly string[] {
  return [...(index().countriesByKey.get(subdivisionKey(text)) ?? [])];
}

const GENERIC_WORDS = new Set(
  'state province provincia prefecture ken region county canton shi sheng län lan gewest land oblast'.split(' '),
);

type SubdivisionIndex = {
  readonly subdivisionsByCountry: Map<string, Map<string, string>>;
  readonly countriesByKey: Map<string, Set<string>>;
};

let kept: SubdivisionIndex | undefined;

/** Made when first needed: five thousand names take a tenth of a second. */
function index(): SubdivisionIndex {
  kept ??= indexSubdivisions();
  return kept;
}

/** First come, first kept: codes, then names of the uppermost level, then others, then parts of double names. */
function indexSubdivisions(): SubdivisionIndex {
  const into: SubdivisionIndex = { subdivisionsByCountry: new Map(), countriesByKey: new Map() };
  const upperFirst = [...iso31662].sort((left, right) => left.parent.length - right.parent.length);
  for (const { code } of upperFirst) {
    put(into, code, code.slice(3));
    put(into, code, code);
  }
  for (const { code, name } of upperFirst) {
    put(into, code, name);
    for (const alias of subdivisionAliases[code]?.split('|') ?? []) put(into, code, alias);
  }
  for (const { code, name } of upperFirst) {
    const parts = name.split(/[,/()]/);
    if (parts.length > 1) for (const part of parts) put(into, code, part);
  }
  return into;
}

function put({ subdivisionsByCountry, countriesByKey }: SubdivisionIndex, code: string, name: string): void {
  const key = subdivisionKey(name);
  if (key === '') return;
  const country = code.slice(0, 2);
  const ofCountry = subdivisionsByCountry.get(country) ?? new Map<string, string>();
  if (!ofCountry.has(key)) ofCountry.set(key, code.slice(3));
  subdivisionsByCountry.set(country, ofCountry);
  countriesByKey.set(key, (countriesByKey.get(key) ?? new Set()).add(country));
}

/** `New York State` is `New York`, `Skåne län` is `Skåne`; a word of that kind that stands alone stays. */
function subdivisionKey(text: string): string {
  const words = placeKey(text).split(' ');
  const proper = words.filter((word) => !GENERIC_WORDS.has(word));
  return (proper.length > 0 ? proper : words).join(' ');
}
