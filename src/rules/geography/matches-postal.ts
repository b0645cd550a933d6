/** What a territory asks of a postal code: any of the prefixes or in any of the ranges. */
export type PostalMatch = {
  readonly prefix?: readonly string[] | undefined;
  /** Lowest and highest, both included, digits of one width (F18). */
  readonly range?: readonly (readonly [string, string])[] | undefined;
};

/** A postal match, ready to be asked with a code as `normalizePostal` gives it. No code matches nothing. */
export type PostalTest = (postal: string | null, country: string | null) => boolean;

/** Prepares a match once for all leads (F18, F19). */
export function compilePostal({ prefix = [], range = [] }: PostalMatch): PostalTest {
  const prefixes = prefix.map(squeezePostal).filter((text) => text !== '');
  const plain = new Set(prefixes);
  const lengths = [...new Set(prefixes.map(({ length }) => length))];
  const outward = prefixes.map((text) => ({ text, wanted: readOutward(text) }));
  const ranges = range.map(([lowest, highest]) => [squeezePostal(lowest), squeezePostal(highest)] as const);
  const hasPrefix = (postal: string): boolean => lengths.some((length) => plain.has(postal.slice(0, length)));
  return (postal, country) => {
    if (postal === null) return false;
    const starts = country === 'GB' ? hasOutwardPrefix(postal, outward) : hasPrefix(postal);
    return starts || ranges.some(([lowest, highest]) => isInRange(postal, lowest, highest));
  };
}

/** A prefix or bound as codes are compared: upper case, without blanks and hyphens. */
export function squeezePostal(text: string): string {
  return text.toUpperCase().replace(/[\s\p{Pd}]/gu, '');
}

/** An outward code in its tokens: `SW1A` is area `SW`, district `1`, letter `A`. */
export type Outward = { readonly area: string; readonly district: string; readonly letter: string };

/** The tokens of a British outward code or of a prefix of one; null for a text of another form (`GIR`). */
export function readOutward(text: string): Outward | null {
  const tokens = /^([A-Z]{1,2})(?:(\d{1,2})([A-Z]?))?$/.exec(text);
  return tokens === null ? null : { area: tokens[1] ?? '', district: tokens[2] ?? '', letter: tokens[3] ?? '' };
}

/** The outward code of a British postal code: all but a digit and two letters at its end. */
export function outwardOf(postal: string): Outward | null {
  return readOutward(postal.replace(/(?<=.)\d[A-Z]{2}$/, ''));
}

/** Whether an outward code begins with another on token boundaries: `E1` is E1 and E1W but not E10, `E` is not EC (F19). */
export function beginsOutward(outward: Outward, wanted: Outward): boolean {
  if (outward.area !== wanted.area) return false;
  if (wanted.district === '') return true;
  return outward.district === wanted.district && (wanted.letter === '' || outward.letter === wanted.letter);
}

function hasOutwardPrefix(
  postal: string,
  prefixes: readonly { readonly text: string; readonly wanted: Outward | null }[],
): boolean {
  const outward = outwardOf(postal);
  // A prefix that reaches into the inward code, or a code of another form (GIR 0AA), has no tokens.
  return prefixes.some(({ text, wanted }) =>
    outward === null || wanted === null ? postal.startsWith(text) : beginsOutward(outward, wanted),
  );
}

function isInRange(postal: string, lowest: string, highest: string): boolean {
  // Digits of one width are in the order of their characters.
  return postal.length === lowest.length && lowest <= postal && postal <= highest && /^\d+$/.test(postal);
}
