import { writeInstant, type Instant } from '../../domain/instant.ts';

/** An instant as an explanation shows it; null where there is none. */
export function instantOrNull(at: Instant | null | undefined): string | null {
  return at === null || at === undefined ? null : writeInstant(at);
}
