import type { Clock, State } from '../ports.ts';

export type Lease = { isHeld(): boolean; release(): Promise<void> };

/** How long the lease of a killed poller stands before another process polls, ms; it is renewed at a third of that. */
const TTL = 10_000;

/** Takes the poller's lease as soon as nobody else holds it, and keeps it until it is released: one poller per org. */
export function keepLease(state: State, clock: Clock, holder: string): Lease {
  const stopping = new AbortController();
  // Held until this instant of the monotonic timer: a process that was frozen finds that its lease has run out.
  let heldUntil = Number.NEGATIVE_INFINITY;
  const keeping = keep();

  return {
    isHeld: () => clock.monotonic() < heldUntil,
    async release() {
      stopping.abort();
      await keeping;
      await state.dropLease('poller', holder).catch(() => undefined);
    },
  };

  async function keep(): Promise<void> {
    while (!stopping.signal.aborted) {
      const asked = clock.monotonic();
      const isHolder = await state.holdLease('poller', holder, TTL).catch(() => false);
      if (isHolder) heldUntil = asked + TTL;
      await clock.sleep(isHolder ? TTL / 3 : TTL / 10, stopping.signal).catch(() => undefined);
    }
  }
}
