import codes from 'i18n-iso-countries/codes.json' with { type: 'json' };

import { countryAliases } from './country-aliases.ts';
import { englishNames, foreignNames } from './country-names.ts';
import { placeKey } from './place-key.ts';

/**
 * The alpha-2 code of the country that a text means, or null: by ISO alpha-2 and alpha-3 code, by its name in English,
 * by what else people call it, and by its name in other languages (F14). A name that other languages give to different
 * countries means none of them.
 */
export function findCountry(text: string): string | null {
  const key = placeKey(text);
  // Germany (DE), Great Britain (UK)
  return find(key) ?? (text.includes('(') ? find(placeKey(text.replace(/\(.*\)/, ''))) : null);
}

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
  for (const { countries } of foreignNames) {
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
