import { beginsOutward, readOutward, squeezePostal } from '../geography/matches-postal.ts';
import type { Outward, PostalMatch } from '../geography/matches-postal.ts';
import { countriesOf } from './territories.ts';
import type { TerritoryMatch } from './territory-schema.ts';

/**
 * What a territory asks by place and size, as lint reasons about it: null is "any, and none". `isOpaque`: a condition
 * (`when`) narrows it in a way that is not looked into.
 */
export type Region = {
  readonly countries: ReadonlySet<string> | null;
  readonly states: ReadonlySet<string> | null;
  readonly segments: ReadonlySet<string> | null;
  readonly postal: PostalMatch | null;
  readonly isOpaque: boolean;
};

export const EVERYWHERE: Region = { countries: null, states: null, segments: null, postal: null, isOpaque: false };

/** The region of a match inside that of its parent. */
export function regionWithin(parent: Region, match: TerritoryMatch): Region {
  return {
    countries: meet(parent.countries, countriesOf(match)),
    states: meet(
      parent.states,
      match.state === undefined ? null : new Set(match.state.map((code) => code.toUpperCase())),
    ),
    segments: meet(parent.segments, match.segment === undefined ? null : new Set(match.segment)),
    // A code that a child asks for is taken to be one of its parent's.
    postal: match.postal ?? parent.postal,
    isOpaque: match.when !== undefined,
  };
}

/** Whether no lead can be in the region: nothing is left of one of its lists. */
export function isEmpty({ countries, states, segments }: Region): boolean {
  return [countries, states, segments].some((values) => values?.size === 0);
}

/** Whether some lead can be in both. */
export function overlaps(left: Region, right: Region): boolean {
  return (
    shares(left.states, right.states) &&
    shares(left.segments, right.segments) &&
    shares(left.countries, right.countries) &&
    (left.postal === null ||
      right.postal === null ||
      dialectsOf(left.countries, right.countries).some((dialect) =>
        postalOverlaps(left.postal!, right.postal!, dialect),
      ))
  );
}

/** More cells than this are not looked into: then a region counts as not covered. */
const CELLS = 20_000;

/**
 * Whether every lead in the region is in one of the others: they are laid over it country by country, segment by
 * segment, state by state.
 */
export function isCovered(region: Region, others: readonly Region[]): boolean {
  if (others.some((other) => covers(other, region))) return true;
  const countries = valuesOf(
    region.countries,
    others.map((other) => other.countries),
  );
  const segments = valuesOf(
    region.segments,
    others.map((other) => other.segments),
  );
  const states = valuesOf(
    region.states,
    others.map((other) => other.states),
  );
  if (countries.length * segments.length * states.length * others.length > CELLS) return false;
  return countries.every((country) =>
    segments.every((segment) =>
      states.every((state) => {
        const here = others.filter(
          (other) => holds(other.countries, country) && holds(other.segments, segment) && holds(other.states, state),
        );
        return isPostalCovered(
          region.postal,
          here.map(({ postal }) => postal),
          dialectOf(country),
        );
      }),
    ),
  );
}

/** Stands for every value that no list names, and for none at all. */
const REST = null;

/** The values to be looked at one by one: those of the region, or of an open region those that others name, and the rest. */
function valuesOf(
  own: ReadonlySet<string> | null,
  others: readonly (ReadonlySet<string> | null)[],
): readonly (string | null)[] {
  if (own !== null) return [...own];
  return [...new Set(others.flatMap((values) => [...(values ?? [])])), REST];
}

function holds(values: ReadonlySet<string> | null, value: string | null): boolean {
  return values === null || (value !== REST && values.has(value));
}

function covers(outer: Region, inner: Region): boolean {
  return (
    includes(outer.countries, inner.countries) &&
    includes(outer.states, inner.states) &&
    includes(outer.segments, inner.segments) &&
    outer.postal === null
  );
}

function meet(left: ReadonlySet<string> | null, right: ReadonlySet<string> | null): ReadonlySet<string> | null {
  if (left === null || right === null) return left ?? right;
  return new Set([...left].filter((value) => right.has(value)));
}

function shares(left: ReadonlySet<string> | null, right: ReadonlySet<string> | null): boolean {
  if (left === null || right === null) return true;
  const [fewer, more] = left.size <= right.size ? [left, right] : [right, left];
  for (const value of fewer) if (more.has(value)) return true;
  return false;
}

function includes(outer: ReadonlySet<string> | null, inner: ReadonlySet<string> | null): boolean {
  return (
    outer === null || (inner !== null && inner.size <= outer.size && [...inner].every((value) => outer.has(value)))
  );
}

/** How postal codes are compared: British ones by their tokens; American and German ones all have five digits. */
type Dialect = 'british' | 'five-digits' | 'plain';

function dialectOf(country: string | null): Dialect {
  if (country === 'GB') return 'british';
  return country === 'US' || country === 'DE' ? 'five-digits' : 'plain';
}

const ONE_DIALECT: Readonly<Record<Dialect, readonly Dialect[]>> = {
  british: ['british'],
  'five-digits': ['five-digits'],
  plain: ['plain'],
};

function dialectsOf(left: ReadonlySet<string> | null, right: ReadonlySet<string> | null): readonly Dialect[] {
  const [only] = left?.size === 1 ? left : right?.size === 1 ? right : [];
  if (only !== undefined) return ONE_DIALECT[dialectOf(only)];
  const both = meet(left, right);
  return both === null ? ['british', 'five-digits', 'plain'] : [...new Set([...both].map(dialectOf))];
}

/** A run of digits of one width, or the beginning of a code. */
type Stretch =
  | { readonly kind: 'range'; readonly low: string; readonly high: string }
  | { readonly kind: 'prefix'; readonly text: string; readonly outward: Outward | null };

/** Every pair of siblings is compared, so that what each asks for is read but once. */
const STRETCHES = new WeakMap<PostalMatch, Map<Dialect, readonly Stretch[]>>();

function stretchesOf(match: PostalMatch, dialect: Dialect): readonly Stretch[] {
  const known = STRETCHES.get(match) ?? new Map<Dialect, readonly Stretch[]>();
  const read = known.get(dialect) ?? readStretches(match, dialect);
  STRETCHES.set(match, known.set(dialect, read));
  return read;
}

function readStretches({ prefix = [], range = [] }: PostalMatch, dialect: Dialect): readonly Stretch[] {
  const prefixes = prefix.map(squeezePostal).map((text): Stretch => {
    if (dialect === 'five-digits' && /^\d{1,5}$/.test(text)) {
      return { kind: 'range', low: text.padEnd(5, '0'), high: text.padEnd(5, '9') };
    }
    return { kind: 'prefix', text, outward: dialect === 'british' ? readOutward(text) : null };
  });
  return [
    ...prefixes,
    ...range.map(([low, high]): Stretch => ({ kind: 'range', low: squeezePostal(low), high: squeezePostal(high) })),
  ];
}

function postalOverlaps(left: PostalMatch, right: PostalMatch, dialect: Dialect): boolean {
  const theirs = stretchesOf(right, dialect);
  return stretchesOf(left, dialect).some((own) => theirs.some((their) => stretchesOverlap(own, their)));
}

function stretchesOverlap(left: Stretch, right: Stretch): boolean {
  if (left.kind === 'range' && right.kind === 'range') {
    return left.low.length === right.low.length && left.low <= right.high && right.low <= left.high;
  }
  if (left.kind === 'prefix' && right.kind === 'prefix') {
    return begins(left, right) || begins(right, left);
  }
  return left.kind === 'range' && right.kind === 'prefix'
    ? prefixReaches(right.text, left.low, left.high)
    : left.kind === 'prefix' && right.kind === 'range' && prefixReaches(left.text, right.low, right.high);
}

function prefixReaches(text: string, low: string, high: string): boolean {
  const width = low.length;
  return (
    /^\d+$/.test(text) && text.length <= width && text.padEnd(width, '0') <= high && low <= text.padEnd(width, '9')
  );
}

type Prefix = Extract<Stretch, { readonly kind: 'prefix' }>;

/** Whether every code that begins with the first is one that the second asks for. */
function begins(own: Prefix, wanted: Prefix): boolean {
  if (own.outward === null || wanted.outward === null) return own.text.startsWith(wanted.text);
  return beginsOutward(own.outward, wanted.outward);
}

function isPostalCovered(
  postal: PostalMatch | null,
  others: readonly (PostalMatch | null)[],
  dialect: Dialect,
): boolean {
  if (others.includes(null)) return true;
  if (postal === null) return false;
  const theirs = others.flatMap((other) => stretchesOf(other ?? {}, dialect));
  return stretchesOf(postal, dialect).every((own) => {
    if (own.kind === 'range') return isRangeCovered(own.low, own.high, theirs);
    return theirs.some((their) => their.kind === 'prefix' && begins(own, their));
  });
}

function isRangeCovered(low: string, high: string, stretches: readonly Stretch[]): boolean {
  const ranges = stretches
    .filter((stretch) => stretch.kind === 'range')
    .filter((range) => range.low.length === low.length)
    .sort((left, right) => (left.low < right.low ? -1 : 1));
  let reached = Number(low);
  for (const range of ranges) {
    if (Number(range.low) > reached) return false;
    reached = Math.max(reached, Number(range.high) + 1);
    if (reached > Number(high)) return true;
  }
  return false;
}
