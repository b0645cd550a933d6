import { LANES, type Lane } from '../../domain/lane.ts';

/** Lets so many in at a time; of those who wait the most urgent lane first, and in it whoever came first. */
export type Gate = {
  /** Resolves with the function that gives the place back. @throws the signal's reason when it is aborted first. */
  enter(lane: Lane, signal: AbortSignal): Promise<() => void>;
  /** Changes how many may be in; whoever is in stays. 0 or more. */
  setPlaces(places: number): void;
  /** How many are in. */
  inside(): number;
  waiting(): number;
};

/**
 * Bounds what is in flight: an org refuses more than 25 calls that run for long, and others share it.
 * @param places  0 or more
 */
export function createGate(places: number): Gate {
  let most = places;
  let inside = 0;
  const lines = new Map<Lane, Set<() => void>>(LANES.map((lane) => [lane, new Set()]));

  function admitNext(): void {
    while (inside < most) {
      const next = LANES.map((lane) => first(lines.get(lane)!)).find((admit) => admit !== undefined);
      if (next === undefined) return;
      inside += 1;
      next();
    }
  }

  function leave(): void {
    inside -= 1;
    admitNext();
  }

  async function enter(lane: Lane, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (inside < most) inside += 1;
    else await waitForPlace(signal, lines.get(lane)!);
    return leave;
  }

  function setPlaces(next: number): void {
    most = next;
    admitNext();
  }

  const waiting = (): number => [...lines.values()].reduce((sum, line) => sum + line.size, 0);

  return { enter, setPlaces, inside: () => inside, waiting };
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  const [item] = set;
  return item;
}

function waitForPlace(signal: AbortSignal, line: Set<() => void>): Promise<void> {
  return new Promise((resolve, reject) => {
    function admit(): void {
      line.delete(admit);
      signal.removeEventListener('abort', giveUp);
      resolve();
    }
    function giveUp(): void {
      line.delete(admit);
      reject(signal.reason);
    }
    line.add(admit);
    signal.addEventListener('abort', giveUp, { once: true });
  });
}
