import { AppError } from '../../domain/error.ts';
import type { Instant } from '../../domain/instant.ts';

/** The org's clock as its answers tell it (F24): this machine's own may be minutes wrong. */
export type OrgClock = {
  /** Takes the `Date` header of an answer; ignores what is not a date. */
  observe(dateHeader: string | undefined): void;
  /** @throws AppError `org-clock-unknown` (wait) before the first answer. */
  now(): Instant;
  /** Null before the first answer. */
  peek(): Instant | null;
};

/**
 * The last `Date` header, carried on by a timer that no clock correction moves. The header has whole seconds,
 * so the reading may be up to a second behind, and may step back by as much.
 */
export function createOrgClock(monotonicNow: () => number = () => performance.now()): OrgClock {
  let lead: number | null = null;

  function observe(dateHeader: string | undefined): void {
    const at = dateHeader === undefined ? Number.NaN : Date.parse(dateHeader);
    if (!Number.isNaN(at)) lead = at - monotonicNow();
  }

  function peek(): Instant | null {
    return lead === null ? null : Math.floor(lead + monotonicNow());
  }

  function now(): Instant {
    const at = peek();
    if (at !== null) return at;
    throw new AppError({
      code: 'org-clock-unknown',
      recovery: 'wait',
      message: "the org's clock is not known before its first answer",
      mend: 'connect first',
    });
  }

  return { observe, now, peek };
}
