import { readInstant } from '../../domain/instant.ts';
import type { Instant } from '../../domain/instant.ts';

/** A day, or a point in time. `at` of a day is its midnight in UTC. */
export type Moment = { readonly at: Instant; readonly isDay: boolean };

const DAY_MS = 86_400_000;

/** Reads a Salesforce date or date/time; null when the text is neither. */
export function readMoment(text: string): Moment | null {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const at = Date.parse(`${text}T00:00:00Z`);
    return Number.isNaN(at) ? null : { at, isDay: true };
  }
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return null;
  try {
    return { at: readInstant(text), isDay: false };
  } catch {
    return null;
  }
}

/** Midnight in UTC of the day that the instant falls on. */
export function startOfDay(at: Instant): Instant {
  return Math.floor(at / DAY_MS) * DAY_MS;
}

/** Negative, 0 or positive, as in a sort. Where one of the two is a day, both are compared as days. */
export function compareMoments(left: Moment, right: Moment): number {
  if (left.isDay === right.isDay) return left.at - right.at;
  return startOfDay(left.at) - startOfDay(right.at);
}
