import type { Instant } from '../domain/instant.ts';
import { quoteSoql, selectWhere, soqlInstant } from './soql.ts';

/** The stretch of stamps that one poll reads: `from` inclusive, `until` exclusive, whole seconds. */
export type Window = { readonly from: Instant; readonly until: Instant };

/** Where a broken-off pass goes on: behind this row, in the order of the query. */
export type Cursor = { readonly stamp: Instant; readonly id: string };

export type WindowSettings = {
  /** Where the last completed poll stopped, or null before the first. */
  readonly watermark: Instant | null;
  /** `extract.start_at`: where the first poll starts. */
  readonly startAt: Instant;
  /** How far this poll reads back behind the watermark, ms: rows stamped earlier become visible late (F25). */
  readonly overlap: number;
  /** It reads at least from here on, wherever the watermark is; null when there is no reason to. */
  readonly floor?: Instant | null;
  /** How far it stays behind the org's now, ms. */
  readonly safetyLag: number;
};

/**
 * The next window to poll, or null when nothing can be new yet.
 * @param now the org's clock, never the machine's (F24)
 */
export function nextWindow(settings: WindowSettings, now: Instant): Window | null {
  const { watermark, startAt, overlap, safetyLag, floor = null } = settings;
  const until = wholeSecond(now - safetyLag);
  const back = watermark === null ? startAt : Math.min(watermark - overlap, floor ?? watermark);
  const from = wholeSecond(Math.max(startAt, back));
  const reached = watermark ?? startAt;
  return until > reached && until > from ? { from, until } : null;
}

/**
 * The query of a window in keyset order (F24). With a cursor only the rows behind it: the org compares the ids,
 * because they are not in time order and we never order them (F30).
 */
export function windowQuery(object: string, fields: readonly string[], window: Window, after: Cursor | null): string {
  const until = `SystemModstamp < ${soqlInstant(window.until)}`;
  const from =
    after === null
      ? `SystemModstamp >= ${soqlInstant(window.from)}`
      : `(SystemModstamp > ${soqlInstant(after.stamp)} OR ` +
        `(SystemModstamp = ${soqlInstant(after.stamp)} AND Id > ${quoteSoql(after.id)}))`;
  return `${selectWhere(object, ['SystemModstamp', ...fields], `${from} AND ${until}`)} ORDER BY SystemModstamp ASC, Id ASC`;
}

function wholeSecond(at: Instant): Instant {
  return Math.floor(at / 1000) * 1000;
}
