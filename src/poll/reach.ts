import type { Instant } from '../domain/instant.ts';

/** The last pass that read the whole overlap: where it ended, and how many pages that took. */
export type WidePass = { readonly until: Instant; readonly pages: number };

export type Reach = {
  /** How far the pass reads back behind the watermark, ms. */
  readonly overlap: number;
  /** Whether it reads all that may have become visible since the last wide pass. */
  readonly isWide: boolean;
};

/** A row is rarely more than seconds late, ms. */
const SHORT = 60_000;

/** An overlap of less than this is short enough, ms. */
const LONG = 300_000;

/** How long short passes may follow a wide one, ms; with the poll after them it stays within the five minutes of F25. */
const SHORT_FOR = 120_000;

/**
 * How far a pass reads back (F25). A page costs a call whatever it holds, so as long as the whole overlap fits one it is
 * read each time. Behind a mass update it takes dozens: 80,000 rows are 40 calls a pass, 1,200 in a quarter of an hour at
 * a poll each 30 seconds. Then most passes read the last minute alone, and a wide one the overlap behind the last wide one.
 * @param last null when this process has not read the whole overlap yet
 */
export function pickReach(overlap: number, last: WidePass | null, watermark: Instant | null, now: Instant): Reach {
  if (last === null || watermark === null || last.until > watermark) return { overlap, isWide: true };
  if (overlap >= LONG && last.pages > 1 && now - last.until < SHORT_FOR) return { overlap: SHORT, isWide: false };
  return { overlap: overlap + watermark - last.until, isWide: true };
}
