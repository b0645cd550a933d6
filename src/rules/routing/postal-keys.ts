import { outwardOf, readOutward, squeezePostal } from '../geography/matches-postal.ts';
import type { PostalMatch } from '../geography/matches-postal.ts';

/** So many leading digits of a code tell under which keys its ranges are filed. */
const LEADING = 2;

/**
 * Under which keys territories with a postal match are filed, so that a lead meets only those that its code may enter.
 * Every code that matches has at least one of the keys (`keysOfCode`); the match itself is still to be asked.
 */
export function keysOfMatch({ prefix = [], range = [] }: PostalMatch): readonly string[] {
  const keys = new Set<string>();
  for (const text of prefix.map(squeezePostal)) {
    keys.add(plainKey(text));
    const outward = readOutward(text);
    if (outward !== null) keys.add(outwardKey(outward.area, outward.district));
  }
  for (const [lowest, highest] of range.map(([low, high]) => [squeezePostal(low), squeezePostal(high)] as const)) {
    const width = Math.min(LEADING, lowest.length);
    for (let lead = Number(lowest.slice(0, width)); lead <= Number(highest.slice(0, width)); lead++) {
      keys.add(rangeKey(lowest.length, String(lead).padStart(width, '0')));
    }
  }
  return [...keys];
}

/** The keys of a lead's postal code, as `normalizePostal` gives it. */
export function keysOfCode(postal: string | null, country: string | null): readonly string[] {
  if (postal === null) return [];
  const keys = [rangeKey(postal.length, postal.slice(0, LEADING))];
  for (let length = 1; length <= postal.length; length++) keys.push(plainKey(postal.slice(0, length)));
  const outward = country === 'GB' ? outwardOf(postal) : null;
  if (outward !== null) keys.push(outwardKey(outward.area, ''), outwardKey(outward.area, outward.district));
  return keys;
}

function plainKey(prefix: string): string {
  return `prefix ${prefix}`;
}

function outwardKey(area: string, district: string): string {
  return `outward ${area} ${district}`;
}

function rangeKey(width: number, leading: string): string {
  return `range ${width} ${leading}`;
}
