import type { WorkKind } from '../domain/work.ts';
import type { Clock, State, WorkQueues } from '../ports.ts';
import type { WorkBatch } from './run-batch.ts';

export type HeedWorld = {
  readonly state: State;
  readonly queues: WorkQueues;
  readonly clock: Clock;
  /** `LoadedFrame.opportunityRules` of this process. */
  readonly opportunityRules: () => string;
  /** Told when this process has waited for long, and when it need not wait any more. */
  readonly onWaiting: (kind: WorkKind, isWaiting: boolean) => void;
};

/** How long a batch rests that is for another process, or for this one when it has read its files again, ms. */
const REST = 1_000;

/** All replicas have taken up an edit long before, ms (I31). */
const LONG = 60_000;

/**
 * Keeps a process whose rules are not those in force from judging opportunities: between an edit and its reload in the
 * last replica two would write each other's flags back, and what the older one judged last would stay.
 * @returns whether the batch may be judged here; if not, it is in its queue again
 */
export function createHeed(world: HeedWorld): (batch: WorkBatch) => Promise<boolean> {
  const { state, queues, clock } = world;
  let since: number | null = null;
  let isTold = false;

  return async ({ kind, ids, urgency }) => {
    if (kind !== 'opportunity') return true;
    const inForce = await state.opportunityRules();
    if (inForce === null || inForce === world.opportunityRules()) {
      if (isTold) world.onWaiting(kind, false);
      isTold = false;
      since = null;
      return true;
    }
    since ??= clock.monotonic();
    if (!isTold && clock.monotonic() - since >= LONG) {
      isTold = true;
      world.onWaiting(kind, true);
    }
    await queues.add(kind, ids, REST, urgency);
    return false;
  };
}
