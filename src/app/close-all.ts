import { setTimeout as delay } from 'node:timers/promises';

export type Closer = () => Promise<void> | void;

/**
 * Closes what was started, last in first out. One that fails does not keep the others open, and none is waited for longer
 * than `patienceMs` after the first began: what hangs then hangs on a Redis or an org that does not answer.
 */
export async function closeAll(closers: readonly Closer[], patienceMs = 9_000): Promise<void> {
  const done = new AbortController();
  const late = delay(patienceMs, undefined, { signal: done.signal }).catch(() => undefined);
  for (const close of closers.toReversed()) {
    try {
      await Promise.race([close(), late]);
    } catch {
      // It was to be closed, and whatever it was connected to is gone.
    }
  }
  done.abort();
}
