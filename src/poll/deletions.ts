import type { Instant } from '../domain/instant.ts';

const MINUTE = 60_000;

/** How long the org keeps deletions, and its recycle bin what is in it, ms. */
export const RETENTION = 15 * 24 * 60 * MINUTE;

/** What the `deleted` resource is asked for; both ends on a whole minute. */
export type DeletionWindow = {
  readonly from: Instant;
  readonly until: Instant;
  /** Deletions older than the resource keeps were missed: only reconciliation finds those. */
  readonly hasGap: boolean;
};

/**
 * The next stretch to ask the `deleted` resource for, or null within a minute of the last.
 * It reads back two minutes, because both ends are cut to the minute and must lie more than one minute apart,
 * and stays inside the 15 days that the resource keeps (REST guide, Get Deleted).
 * @param covered `latestDateCovered` of the last answer, null before the first
 * @param now the org's clock
 */
export function nextDeletionWindow(covered: Instant | null, now: Instant): DeletionWindow | null {
  const until = Math.floor(now / MINUTE) * MINUTE;
  if (covered !== null && covered >= until) return null;
  const oldest = until - RETENTION + MINUTE;
  const wanted = Math.floor((covered ?? until) / MINUTE) * MINUTE - 2 * MINUTE;
  return { from: Math.max(wanted, oldest), until, hasGap: wanted < oldest };
}
