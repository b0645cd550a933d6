/** What a territory asks of a postal code: any of the prefixes or in any of the ranges. */
export type PostalMatch = {
  readonly prefix?: readonly string[] | undefined;
  /** Lowest and highest, both included, digits of one width (F18). */
  readonly range?: readonly (readonly [string, string])[] | undefined;
};

/** Whether a postal code, as `normalizePostal` gives it, matches (F18, F19). No code matches nothing. */
export function matchesPostal(match: PostalMatch, postal: string | null, country: string | null): boolean {
  if (postal === null) return false;
  const hasPrefix = country === 'GB' ? hasOutwardPrefix : hasPlainPrefix;
  return (
    (match.prefix?.some((prefix) => hasPrefix(postal, squeeze(prefix))) ?? false) ||
    (match.range?.some(([lowest, highest]) => isInRange(postal, squeeze(lowest), squeeze(highest))) ?? false)
  );
}

function isInRange(postal: string, lowest: string, highest: string): boolean {
  // Digits of one width are in the order of their characters.
  return /^\d+$/.test(postal) && postal.length === lowest.length && lowest <= postal && postal <= highest;
}

function hasPlainPrefix(postal: string, prefix: string): boolean {
  return prefix !== '' && postal.startsWith(prefix);
}

/** An outward code in its tokens: `SW1A` is area `SW`, district `1`, letter `A`. */
type Outward = { readonly area: string; readonly district: string; readonly letter: string };

/** Compares with the outward code on token boundaries: `E1` is E1 and E1W but not E10, `E` is not EC (F19). */
function hasOutwardPrefix(postal: string, prefix: string): boolean {
  const outward = readOutward(postal.replace(/(?<=.)\d[A-Z]{2}$/, ''));
  const wanted = readOutward(prefix);
  // A prefix that reaches into the inward code, or a code of another form (GIR 0AA), has no tokens.
  if (outward === null || wanted === null) return hasPlainPrefix(postal, prefix);
  if (outward.area !== wanted.area) return false;
  if (wanted.district === '') return true;
  return outward.district === wanted.district && (wanted.letter === '' || outward.letter === wanted.letter);
}

function readOutward(text: string): Outward | null {
  const tokens = /^([A-Z]{1,2})(?:(\d{1,2})([A-Z]?))?$/.exec(text);
  return tokens === null ? null : { area: tokens[1] ?? '', district: tokens[2] ?? '', letter: tokens[3] ?? '' };
}

function squeeze(text: string): string {
  return text.toUpperCase().replace(/[\s\p{Pd}]/gu, '');
}
