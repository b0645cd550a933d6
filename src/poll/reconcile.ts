import { z } from 'zod';

import type { Instant } from '../domain/instant.ts';
import type { Alerts } from '../ports.ts';
import type { Cron } from '../rules/reports/cron.ts';
import { lastCron } from '../rules/reports/last-cron.ts';
import { compareNext, searchNext, type CompareWorld } from './compare.ts';
import type { Stream } from './streams.ts';

export type ReconcileSettings = {
  readonly streams: readonly Stream[];
  readonly startAt: Instant;
  /** As long after its stamp a row may still come by a poll, ms. */
  readonly overlap: number;
  /** `extract.reconcile`, in `org.timezone`. */
  readonly cron: Cron;
  readonly timezone: string;
  /** Whether inputs of the object's rules may change without its stamp: formulas, fields of other objects (F29). */
  readonly rereads: (object: string) => boolean;
  /** The channel to alert; null when none is configured. */
  readonly channel: string | null;
};

export type ReconcileWorld = CompareWorld & { readonly alerts: Alerts };

/** `idle`: nothing is due. `waiting`: the queues are full. `stepped`: a part is done, and there may be more. */
export type Reconciled = 'idle' | 'waiting' | 'stepped';

/** More batches than this are not put before the workers at once. */
const MOST_PENDING = 50;

/**
 * Does the next part of reconciliation (F28), a page at a time, so that polls go on in between and a crash costs a page.
 * A run is due when `extract.reconcile` has passed since the last one, also while the daemon was down, and when somebody
 * or something asked for it. The first poll reads everything from `start_at`: it is a comparison by itself. Only the
 * holder of the poller's lease may call this.
 */
export async function reconcileNext(
  settings: ReconcileSettings,
  world: ReconcileWorld,
  signal: AbortSignal,
): Promise<Reconciled> {
  const { inventory, state, queues } = world;
  const epoch = await state.epoch();
  const before = await readProgress(world);
  const progress = before?.current == null ? await begin(before, settings, world) : before;
  if (progress?.current == null) return 'idle';
  if ((await queues.pending()) > MOST_PENDING) return 'waiting';

  const after = await step(progress, progress.current, settings, world, signal);
  // Who has lost Redis on the way begins anew with the first poll.
  if ((await state.epoch()) !== epoch) return 'idle';
  await inventory.saveProgress(after);
  return 'stepped';
}

/** What is under way: the first of `objects`, in two phases. */
const Current = z.object({
  objects: z.array(z.string()),
  phase: z.enum(['compare', 'search']),
  /** Where the phase goes on; null at its beginning. */
  after: z.string().nullable(),
  /** Of the present object; null until it begins. */
  cut: z.number().nullable(),
  records: z.int(),
  gaps: z.int(),
  /** Of the objects before. */
  gapsBefore: z.int(),
});
type Current = z.infer<typeof Current>;

const Progress = z.object({
  run: z.int(),
  /** When the last run that was due by the clock began. */
  begunAt: z.number(),
  /** How many runs in a row have found gaps. */
  streak: z.int(),
  current: Current.nullable(),
});
type Progress = z.infer<typeof Progress>;

async function readProgress({ inventory }: ReconcileWorld): Promise<Progress | null> {
  return Progress.safeParse(await inventory.progress()).data ?? null;
}

/** Begins a run when one is due. */
async function begin(
  progress: Progress | null,
  { streams, cron, timezone }: ReconcileSettings,
  { inventory, salesforce }: ReconcileWorld,
): Promise<Progress | null> {
  const now = salesforce.now();
  if (progress === null) {
    await inventory.saveProgress({ run: 0, begunAt: now, streak: 0, current: null } satisfies Progress);
    return null;
  }
  const isDue = (lastCron(cron, timezone, now) ?? now) > progress.begunAt && now > progress.begunAt;
  const asked = await inventory.requests();
  const all = streams.filter(({ scope }) => scope !== undefined).map(({ object }) => object);
  const objects = isDue ? all : all.filter((object) => asked.has(object));
  if (objects.length === 0) return null;
  const current: Current = {
    objects,
    phase: 'compare',
    after: null,
    cut: null,
    records: 0,
    gaps: 0,
    gapsBefore: 0,
  };
  const begun = { ...progress, run: progress.run + 1, begunAt: isDue ? now : progress.begunAt, current };
  await inventory.saveProgress(begun);
  await inventory.dropRequests(objects);
  return begun;
}

async function step(
  progress: Progress,
  current: Current,
  settings: ReconcileSettings,
  world: ReconcileWorld,
  signal: AbortSignal,
): Promise<Progress> {
  const { overlap, startAt, streams, rereads } = settings;
  const [object = ''] = current.objects;
  const stream = streams.find((other) => other.object === object);
  const watermark = await world.state.watermark(object);
  // No longer looked at, or not polled yet: the polls have nothing to be compared with.
  if (stream === undefined || watermark === null) return finishObject(progress, current, settings, world);
  const cut = current.cut ?? watermark - overlap;
  const comparison = { stream, run: progress.run, startAt, cut, rereads: rereads(object) };
  const doNext = current.phase === 'compare' ? compareNext : searchNext;
  const { next, records, gaps } = await doNext(comparison, current.after, world, signal);
  const stepped: Current = {
    ...current,
    cut,
    after: next,
    records: current.records + records,
    gaps: current.gaps + gaps,
  };
  if (next !== null) return { ...progress, current: stepped };
  if (current.phase === 'compare') return { ...progress, current: { ...stepped, phase: 'search' } };
  world.observer.emit('reconcile.completed', { object, records: stepped.records, gaps: stepped.gaps });
  return finishObject(progress, stepped, settings, world);
}

async function finishObject(
  progress: Progress,
  { objects, gaps, gapsBefore }: Current,
  { channel }: ReconcileSettings,
  { alerts }: ReconcileWorld,
): Promise<Progress> {
  const total = gapsBefore + gaps;
  const rest = objects.slice(1);
  if (rest.length > 0) {
    const next: Current = {
      objects: rest,
      phase: 'compare',
      after: null,
      cut: null,
      records: 0,
      gaps: 0,
      gapsBefore: total,
    };
    return { ...progress, current: next };
  }
  const streak = total > 0 ? progress.streak + 1 : 0;
  // The first may be an outage's; the second says that something is wrong (F28).
  if (streak === 2 && channel !== null) {
    const facts = { event: 'reconcile_gap', gaps: total };
    await alerts.post([{ channel, key: `reconcile:${progress.begunAt}:${progress.run}`, facts }]);
  }
  return { ...progress, streak, current: null };
}
