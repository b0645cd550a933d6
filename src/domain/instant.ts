import { AppError } from './error.ts';

/** A point in time: milliseconds since 1970-01-01T00:00Z. Salesforce's stamps have a resolution of one second (F20, F30). */
export type Instant = number;

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/;

/**
 * Reads `…+0000` (REST), `…Z` (Bulk) and `…+01:00` alike (F30).
 * @throws AppError `bad-instant` (dead-letter) when the text is not a date with time and offset.
 */
export function readInstant(text: string): Instant {
  const at = ISO.test(text) ? Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2')) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new AppError({
      code: 'bad-instant',
      recovery: 'dead-letter',
      message: `"${text}" is not a date with a time and an offset`,
      mend: 'write it as 2026-11-21T10:00:00Z',
    });
  }
  return at;
}

/** ISO, UTC, with milliseconds: `2026-11-21T10:00:00.000Z`. */
export function writeInstant(at: Instant): string {
  return new Date(at).toISOString();
}
