/** What stands before the digits of a postal code on an envelope, where it is not the country's alpha-2 code (F17). */
const POSTAL_PREFIXES: Readonly<Record<string, readonly string[]>> = {
  AT: ['A'],
  BE: ['B'],
  DE: ['D'],
  ES: ['E'],
  FI: ['FIN', 'SF'],
  FR: ['F'],
  HU: ['H'],
  IT: ['I'],
  LI: ['FL'],
  LU: ['L'],
  NO: ['N'],
  PT: ['P'],
  SE: ['S'],
  SI: ['SLO'],
  US: ['USA'],
};

/** Whose codes begin with the letters of the country by right: `JE2 3AB`. */
const OWN_LETTERS: ReadonlySet<string> = new Set(['GG', 'IM', 'JE', 'KY']);

/**
 * A postal code in upper case without blanks, hyphens and a leading national prefix (F17): `D-80331` is `80331`. US and
 * German codes have five digits again after a spreadsheet took their zeros; ZIP+4 is cut. Null when nothing is left.
 */
export function normalizePostal(text: string, country: string | null): string | null {
  const upper = text.normalize('NFKC').toUpperCase().trim();
  if (country === 'US') return normalizeZip(upper);
  const code = stripPrefix(upper, country).replace(/[\s\p{Pd}]/gu, '');
  if (code === '') return null;
  return country === 'DE' && /^\d+$/.test(code) ? code.padStart(5, '0') : code;
}

/** British codes begin with letters of their own, `GB-` before them is a prefix only with its hyphen. */
function stripPrefix(upper: string, country: string | null): string {
  if (country !== null && OWN_LETTERS.has(country)) return upper;
  if (country === null) return upper.replace(/^[A-Z]{1,3}\s*\p{Pd}\s*(?=\d)/u, '');
  const prefixes = [country, ...(POSTAL_PREFIXES[country] ?? [])].join('|');
  return upper
    .replace(new RegExp(`^(?:${prefixes})[\\s\\p{Pd}]*(?=\\d)`, 'u'), '')
    .replace(new RegExp(`^(?:${prefixes})\\s*\\p{Pd}\\s*`, 'u'), '');
}

function normalizeZip(upper: string): string | null {
  const [first = '', ...rest] = stripPrefix(upper, 'US').split(/[\s\p{Pd}]+/u);
  const digits = first.replace(/\D/g, '');
  if (digits === '') return null;
  // Nine digits in one piece, or what a spreadsheet left of them.
  const isPlusFour = rest.length === 0 && digits.length > 5;
  return digits.padStart(isPlusFour ? 9 : 5, '0').slice(0, 5);
}
