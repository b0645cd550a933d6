import codes from 'i18n-iso-countries/codes.json' with { type: 'json' };

import { countryAliases } from './country-aliases.ts';
import { englishNames, foreignNames } from './country-names.ts';
import { placeKey } from './place-key.ts';
import { unitedNationsNames } from './united-nations-names.ts';

/**
 * The alpha-2 code of the country that a text means, or null: by ISO alpha-2 and alpha-3 code, by its name in English,
 * by what else people call it, and by its name in other languages (F14). A name that other languages give to different
 * countries means none of them.
 */
export function findCountry(text: string): string | null {
  const key = placeKey(text);
  return find(key) ?? findOtherwise(text, key);
}

/** `Germany (DE)`, `la Norvège`, `Kingdom of Norway`: without what is no part of the name as lists have it. */
function findOtherwise(text: string, key: string): string | null {
  const plain = text.replace(/\(.*\)/, '');
  const known = plain === text ? null : find(placeKey(plain));
  if (known !== null) return known;
  const short = plain.replace(ARTICLE, '');
  const shortKey = short === text ? key : placeKey(short);
  const informal = shortKey.split(' ').filter((word) => !FORMAL_WORDS.has(word));
  return findName(shortKey) ?? findName(informal.join(' '));
}

/** A name, not a code: the French region Grand Est is no Estonia. */
function findName(key: string): string | null {
  return key.length > 3 ? find(key) : null;
}

const ARTICLE = /^\s*(?:(?:the|el|la|le|les|los|las)\s+|l['’]\s*)/iu;

/** What stands before a name on a treaty. `State of` is not among them: it is also said of Georgia. */
const FORMAL_WORDS = new Set(
  'arab commonwealth democratic duchy federal federated federation grand independent islamic kingdom peoples principality republic socialist sultanate union'.split(
    ' ',
  ),
);

let englishIndex: ReadonlyMap<string, string> | undefined;
let foreignIndex: ReadonlyMap<string, string> | undefined;

/** The indexes are made when first needed: most records need only the small one. */
function find(key: string): string | null {
  englishIndex ??= indexEnglish();
  const known = englishIndex.get(key);
  if (known !== undefined || key === '') return known ?? null;
  foreignIndex ??= indexForeign();
  return foreignIndex.get(key) ?? null;
}

function indexEnglish(): ReadonlyMap<string, string> {
  const byKey = new Map<string, string>();
  for (const [alpha2 = '', alpha3 = ''] of codes) byKey.set(placeKey(alpha2), alpha2).set(placeKey(alpha3), alpha2);
  byKey.set(placeKey('UK'), 'GB');
  for (const names of [countryAliases, englishNames.countries]) {
    for (const [alpha2, key] of keysOf(names)) if (!byKey.has(key)) byKey.set(key, alpha2);
  }
  return byKey;
}

function indexForeign(): ReadonlyMap<string, string> {
  const byKey = new Map<string, Set<string>>();
  const treaties = Object.entries(unitedNationsNames).map(([alpha2, names]) => [alpha2, names.split('|')] as const);
  for (const countries of [...foreignNames.map((language) => language.countries), Object.fromEntries(treaties)]) {
    for (const [alpha2, key] of keysOf(countries)) byKey.set(key, (byKey.get(key) ?? new Set()).add(alpha2));
  }
  const unanimous = [...byKey].filter(([, alpha2s]) => alpha2s.size === 1);
  return new Map(unanimous.map(([key, [alpha2 = '']]) => [key, alpha2]));
}

function keysOf(names: Readonly<Record<string, string | readonly string[]>>): readonly (readonly [string, string])[] {
  return Object.entries(names).flatMap(([alpha2, spellings]) =>
    [spellings].flat().map((spelling) => [alpha2, placeKey(spelling)] as const),
  );
}
