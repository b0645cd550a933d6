import { AppError } from '../domain/error.ts';
import type { Instant } from '../domain/instant.ts';
import type { Observer } from '../observe/events.ts';
import type { Epoch, Inventory, Salesforce, State } from '../ports.ts';
import type { Stream } from './streams.ts';

export type CertifyWorld = {
  readonly salesforce: Salesforce;
  readonly state: State;
  readonly inventory: Inventory;
  readonly observer: Observer;
  /** When each object was asked for last, by this process; infinity when the org does not let us ask. */
  readonly asked: Map<string, Instant>;
};

/** From where a pass has to read, and what is certain once it has. */
export type Certificate = {
  /** Null when the pass reads all that it would have read anyway. */
  readonly floor: Instant | null;
  readonly certain: Instant;
};

const MINUTE = 60_000;

/** Salesforce's own guide asks to poll the resource no more often than every five minutes. */
const EVERY = 10 * MINUTE;

/** No later than this do commits come, as far as anybody knows who cannot ask, ms. */
const LATEST = 15 * MINUTE;

/** How far back the resource goes (REST guide, Get Updated), less a margin for the clocks. */
const RETENTION = 30 * 24 * 60 * MINUTE - 10 * MINUTE;

/** Rows show in queries a little after they count as covered, ms: 1 to 3 seconds were measured. */
const INDEX_LAG = 5_000;

/**
 * Every ten minutes, and after an outage, asks the `updated` resource up to when the org vouches that all is committed
 * (D2). Commits may be later than `overlap`: while a transaction runs, the org vouches for nothing after its start, the
 * floor stays there, and the pass reads from the floor on. The floor only ever widens what is read. It saves no call
 * (18 an hour for three objects beside 360 polls), it finds what no overlap does.
 * The ids themselves are not looked at: the query of the same pass reads the same stretch, and tells the stamps.
 * @returns null when it is not yet time, or the org does not say: then the overlap alone has to do
 */
export async function certify(
  { object, lane }: Stream,
  world: CertifyWorld,
  signal: AbortSignal,
): Promise<Certificate | null> {
  const { salesforce, state, inventory } = world;
  const now = salesforce.now();
  const floor = await readFloor(object, state);
  if (floor === null) return { floor, certain: now - LATEST };
  if (now - Math.max(floor, world.asked.get(object) ?? floor) < EVERY) return null;
  if (now - floor > RETENTION) {
    await inventory.request([object]);
    return { floor, certain: now - LATEST };
  }
  for (let until = now; ; until = floor + (until - floor) / 2) {
    try {
      const { latestCovered } = await salesforce.inLane(lane).updated(object, floor, until, signal);
      // A stretch that was halved is followed by the next one at the next poll.
      if (until === now) world.asked.set(object, now);
      return { floor, certain: Math.max(floor, Math.min(latestCovered, until) - INDEX_LAG) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'EXCEEDED_ID_LIMIT' && until - floor > 4 * MINUTE) continue;
      if (error.code === 'INVALID_REPLICATION_DATE') {
        await inventory.request([object]);
        return { floor, certain: now - LATEST };
      }
      giveUp(object, error, now, world);
      return null;
    }
  }
}

/** Everything stamped before this is known; null when nobody has certified anything. A later pass may read from here. */
export async function readFloor(object: string, state: State): Promise<Instant | null> {
  return state.watermark(keyOf(object));
}

/** Remembers what is certain now that the pass has read it. */
export async function settle(object: string, certain: Instant, state: State, epoch: Epoch): Promise<void> {
  await state.moveWatermark(keyOf(object), certain, epoch);
}

/** An outage shows in the query that follows; whoever may not ask is not asked again. */
function giveUp(object: string, error: AppError, now: Instant, { asked, observer }: CertifyWorld): void {
  const isPassing = error.recovery === 'wait' || error.recovery === 'retry';
  asked.set(object, isPassing ? now : Number.POSITIVE_INFINITY);
  if (!isPassing) observer.emit('poll.uncertified', { object, code: error.code, reason: error.message });
}

function keyOf(object: string): string {
  return `${object} (certain)`;
}
