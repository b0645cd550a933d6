import type { AppError } from '../domain/error.ts';
import { isOutage } from '../domain/outage.ts';
import type { Observer } from '../observe/events.ts';
import type { Clock } from '../ports.ts';

/** Nothing but time helps against a used-up daily allocation: one cheap call every five minutes asks (XE14). */
const LIMIT_PROBE = 5 * 60_000;
/** Nobody waits longer at the org's word: a proxy may ask for a day. */
const LONGEST_WAIT = 60 * 60_000;
const FIRST_PROBE = 1_000;
const SLOWEST_PROBE = 60_000;

export type OrgGate = {
  /** Runs `call` when the gate is open, or as the one probe while it is shut. Rethrows what `call` throws. */
  pass<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T>;
  isOpen(): boolean;
  /** What shut it last; null while it is open. */
  outage(): AppError | null;
};

/**
 * One gate before everything that calls Salesforce. An outage or a limit (recovery `wait`) shuts it: then a single
 * caller at a time probes, ever more slowly, and all others wait for its answer. One log line when it shuts, one when it opens.
 * @param callsMade  how many calls the org was sent so far
 */
export function createOrgGate(
  clock: Clock,
  observer: Observer,
  random: () => number,
  callsMade: () => number,
): OrgGate {
  let shut: { error: AppError; since: number; failures: number; probeAt: number; isProbing: boolean } | null = null;
  let changed = Promise.withResolvers<void>();

  return {
    isOpen: () => shut === null,
    outage: () => shut?.error ?? null,
    async pass(call, signal) {
      const isProbe = await enter(signal);
      const before = callsMade();
      try {
        const answer = await call();
        // Work that needed nothing of the org has not shown that it is back.
        if (isProbe && callsMade() > before) open();
        else if (isProbe) leaveProbe();
        return answer;
      } catch (error) {
        // What began before the gate was shut says nothing new of the outage, neither by its success nor by its failure.
        if (isOutage(error) && (isProbe || shut === null)) close(error);
        else if (isProbe) leaveProbe();
        throw error;
      }
    },
  };

  /** @returns whether the caller is the probe, and has to say how it went */
  async function enter(signal: AbortSignal): Promise<boolean> {
    for (;;) {
      signal.throwIfAborted();
      if (shut === null) return false;
      const wait = shut.probeAt - clock.monotonic();
      if (wait <= 0 && !shut.isProbing) {
        shut.isProbing = true;
        return true;
      }
      const woken = new AbortController();
      const sleep = clock.sleep(Math.max(wait, 250), AbortSignal.any([signal, woken.signal]));
      await Promise.race([sleep, changed.promise]).finally(() => woken.abort());
      await sleep.catch(() => undefined);
    }
  }

  function open(): void {
    if (shut === null) return;
    const seconds = Math.round((clock.monotonic() - shut.since) / 1000);
    shut = null;
    wake();
    observer.emit('org.reachable', { seconds });
  }

  function close(error: AppError): void {
    const now = clock.monotonic();
    if (shut === null) observer.emit('org.unreachable', { code: error.code, reason: error.message, mend: error.mend });
    const failures = (shut?.failures ?? 0) + 1;
    shut = { error, since: shut?.since ?? now, failures, probeAt: now + pauseAfter(error, failures), isProbing: false };
    wake();
  }

  /** Jittered upwards only, so that what the org asked for is kept. */
  function pauseAfter({ code, retryAfterMs }: AppError, failures: number): number {
    const asked = Math.min(retryAfterMs ?? 0, LONGEST_WAIT) * (1 + random() / 10);
    if (code === 'REQUEST_LIMIT_EXCEEDED') return retryAfterMs === null ? LIMIT_PROBE : asked;
    return Math.max(asked, Math.min(FIRST_PROBE * 2 ** (failures - 1), SLOWEST_PROBE) * (0.75 + random() / 2));
  }

  function leaveProbe(): void {
    if (shut !== null) shut.isProbing = false;
    wake();
  }

  function wake(): void {
    changed.resolve();
    changed = Promise.withResolvers<void>();
  }
}
