import { AppError } from '../domain/error.ts';
import { readInstant, type Instant } from '../domain/instant.ts';
import { elapsedMs } from '../rules/calendars/duration.ts';
import { Duration } from '../rules/calendars/schema.ts';

/** `--since`: a length of time before now (30d, 12h), an instant, or a day alone, in UTC. @throws AppError `usage` */
export function readSince(text: string, now: Instant): Instant {
  const length = Duration.safeParse(text).data;
  if (length !== undefined && length.unit !== 'bd') return now - elapsedMs(length.amount, length.unit);
  try {
    return readInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  } catch {
    throw new AppError({
      code: 'usage',
      recovery: 'fix-config',
      message: `--since is "${text}"`,
      mend: 'write 30d, 12h, 2026-11-01, or 2026-11-01T00:00:00Z',
    });
  }
}
