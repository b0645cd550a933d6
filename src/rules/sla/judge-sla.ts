import type { Instant } from '../../domain/instant.ts';
import { addElapsed } from '../calendars/add-open.ts';
import type { Calendar } from '../calendars/calendar.ts';
import type { Duration } from '../calendars/schema.ts';
import type { SlaTerms } from './compile-sla.ts';
import { addRunning } from './add-running.ts';
import type { Pause } from './add-running.ts';
import type { Touch } from './read-touch.ts';

/** What has happened to a lead since it was given to somebody. */
export type SlaHistory = {
  /** When the owner's write was confirmed (S1). */
  readonly assigned: Instant;
  /** The assignee's; null is open round the clock. A policy with a clock of its own overrides it (S2). */
  readonly calendar: Calendar | null;
  /** In any order. */
  readonly touches: readonly Touch[];
  /** In any order; a pause that still goes on ends with `now`. */
  readonly paused: readonly Pause[];
  /** The latest change of owner: a full clock on the new owner's calendar (S11). Null when there was none. */
  readonly reassigned: { readonly at: Instant; readonly calendar: Calendar | null } | null;
};

/** How a lead stands with its policy. Steps that the policy has not are null. */
export type SlaVerdict = {
  readonly firstTouch: 'met' | 'breached' | 'running';
  readonly due: Instant;
  readonly warn: Instant | null;
  readonly reassign: Instant | null;
  /** Touches since the start, at most to the end of the window; those of one channel close together count once (S5). */
  readonly touches: number;
  readonly windowEnds: Instant | null;
};

/** Clocks of mail and telephone systems differ from Salesforce's by as much (S3). */
const SKEW_MS = 60_000;

/**
 * The verdict on the first touch, and the deadlines, from the times in the data alone (S6). A touch that lies after
 * `now` has not happened yet, so judging at the instant of a stop gives what was achieved by then (S8).
 */
export function judgeSla(terms: SlaTerms, history: SlaHistory, now: Instant): SlaVerdict {
  const { at: start, calendar } = history.reassigned ?? { at: history.assigned, calendar: history.calendar };
  const clock = terms.clock ?? calendar;
  const after = (duration: Duration) => addRunning(clock, start, duration, history.paused);
  const due = after(terms.within);
  const windowEnds = terms.window === null ? null : after(terms.window);
  const touches = touchesSince(start, terms, history.touches).filter(({ at }) => at <= now);
  const first = touches[0]?.at ?? now;
  return {
    firstTouch: first > due ? 'breached' : touches.length > 0 ? 'met' : 'running',
    due,
    warn: terms.warn === null ? null : after(terms.warn),
    reassign: terms.reassign === null ? null : after(terms.reassign),
    touches: touches.filter(({ at }) => windowEnds === null || at <= windowEnds).length,
    windowEnds,
  };
}

/** A touch at the time that it counts at. */
export type Counted = { readonly channel: string; readonly at: Instant };

/** The touches since a start in order of time, each channel's at least `mergeWithin` apart (S4, S5). */
export function touchesSince(
  start: Instant,
  terms: Pick<SlaTerms, 'backdateMax' | 'mergeWithin'>,
  touches: readonly Touch[],
): readonly Counted[] {
  const timed = touches
    .map((touch) => ({ channel: touch.channel, at: touchTime(touch, terms.backdateMax) }))
    .filter(({ at }) => at >= start - SKEW_MS)
    .toSorted((left, right) => left.at - right.at);
  const mergedUntil = new Map<string, Instant>();
  return timed.filter(({ channel, at }) => {
    if (at <= (mergedUntil.get(channel) ?? -Infinity)) return false;
    mergedUntil.set(channel, addElapsed(at, terms.mergeWithin));
    return true;
  });
}

/** The time that a touch counts at: who logs it much too late had no touch until then (S4). */
function touchTime({ completed, created }: Touch, backdateMax: Duration): Instant {
  return created !== null && created > addElapsed(completed, backdateMax) ? created : completed;
}
