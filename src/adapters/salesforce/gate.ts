/** Lets so many in at a time, the others in the order of their coming. */
export type Gate = {
  /** Resolves with the function that gives the place back. @throws the signal's reason when it is aborted first. */
  enter(signal: AbortSignal): Promise<() => void>;
};

/**
 * Bounds what is in flight: an org refuses more than 25 calls that run for long, and others share it.
 * @param places  1 or more
 */
export function createGate(places: number): Gate {
  let free = places;
  const waiting = new Set<() => void>();

  function leave(): void {
    const [next] = waiting;
    if (next === undefined) free += 1;
    else next();
  }

  async function enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (free > 0) free -= 1;
    else await waitForPlace(signal, waiting);
    return leave;
  }

  return { enter };
}

function waitForPlace(signal: AbortSignal, waiting: Set<() => void>): Promise<void> {
  return new Promise((resolve, reject) => {
    function admit(): void {
      waiting.delete(admit);
      signal.removeEventListener('abort', giveUp);
      resolve();
    }
    function giveUp(): void {
      waiting.delete(admit);
      reject(signal.reason);
    }
    waiting.add(admit);
    signal.addEventListener('abort', giveUp, { once: true });
  });
}
