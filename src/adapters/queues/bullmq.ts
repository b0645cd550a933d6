import { Queue, Worker, type Job } from 'bullmq';

import { inGroups } from '../../domain/in-groups.ts';
import { AppError } from '../../domain/error.ts';
import type { WorkKind } from '../../domain/work.ts';
import type { Urgency, WorkQueues } from '../../ports.ts';
import { createLaterBatches, type LaterBatch } from './later-batches.ts';
import { connectForCommands, connectForWorkers, redisError, type RedisSettings } from '../redis.ts';

type Batch = { readonly ids: readonly string[] };

/**
 * The most ids in one batch: a composite call writes five collections of 200 records.
 * One batch costs as many API calls with 1,000 records as with one.
 */
export const BATCH_SIZE = 1000;

const KINDS: readonly WorkKind[] = ['lead', 'opportunity'];

/** BullMQ takes the lowest first; 0 are those without a priority, in the order of their coming. */
const PRIORITY: Readonly<Record<Urgency, number>> = { fresh: 0, backfill: 1 };

/** How long a batch of a killed process waits before another takes it, ms; its lock is renewed at half of this. */
const LOCK = 15_000;

/** How long a batch rests that was rejected while nobody stops, ms. */
const PAUSE = 1_000;

/**
 * Queues on BullMQ. A batch is a list of ids and nothing else; job ids and deduplication carry no meaning.
 * One batch of a kind is in work at a time over all replicas, so that no two workers hold one record.
 * @param onTrouble told of failures between BullMQ and Redis, which BullMQ mends by itself
 */
export async function createBullQueues(
  settings: RedisSettings,
  onTrouble: (error: Error) => void,
): Promise<WorkQueues> {
  const connection = connectForCommands(settings);
  const prefix = `${settings.prefix}:queue`;
  const queues = new Map(KINDS.map((kind) => [kind, new Queue<Batch>(kind, { connection, prefix })]));
  const later = createLaterBatches(connection, prefix);
  const workers: Worker<Batch>[] = [];
  const connections = [connection];
  const closing = new AbortController();
  const stopping = new AbortController();
  for (const queue of queues.values()) queue.on('error', onTrouble);

  return {
    async add(kind, ids, delayMs = 0, urgency = 'fresh') {
      const batches = inGroups(ids, BATCH_SIZE).map((batch): LaterBatch => ({ kind, urgency, ids: batch }));
      try {
        await (delayMs > 0 ? later.add(batches, delayMs) : addNow(kind, batches));
      } catch (cause) {
        throw redisError(cause);
      }
    },

    async work(kind, handle) {
      await queueOf(kind).setGlobalConcurrency(1);
      const connection = connectForWorkers(settings);
      connections.push(connection);
      // Over the connection that waits for Redis however long it takes.
      const safe = createLaterBatches(connection, prefix);
      const worker = new Worker<Batch>(
        kind,
        async (job, token) => {
          // A batch whose content went with a Redis that was emptied: the next poll finds its records anew.
          const ids = (job.data as Partial<Batch>).ids ?? [];
          if (ids.length === 0) return;
          const urgency = job.opts.priority === PRIORITY.backfill ? 'backfill' : 'fresh';
          const hold = holdBatch(job, token ?? '');
          const until = AbortSignal.any([stopping.signal, hold.lost]);
          try {
            await hold.assure();
            await untilGivenUp(handle({ ids, urgency }, until, hold.assure), until);
          } catch (error) {
            if (hold.lost.aborted) throw error;
            // Whatever it was, a batch is never dropped: a failed job would be.
            await safe.add([{ kind, urgency, ids }], stopping.signal.aborted ? 0 : PAUSE);
          } finally {
            hold.release();
          }
        },
        {
          connection,
          prefix,
          concurrency: 1,
          lockDuration: LOCK,
          stalledInterval: LOCK / 2,
          // A process that is killed again and again must not turn its batch into a failed one.
          maxStalledCount: 1_000_000,
        },
      );
      worker.on('error', onTrouble);
      if (workers.length === 0) void safe.wake((batch) => addNow(batch.kind, [batch]), closing.signal);
      workers.push(worker);
    },

    async pending() {
      try {
        const [resting, ...counts] = await Promise.all([
          later.count(),
          ...[...queues.values()].map((queue) => queue.getJobCounts('waiting', 'active', 'prioritized')),
        ]);
        return counts.flatMap((count) => Object.values(count)).reduce((sum, count) => sum + count, resting);
      } catch (cause) {
        throw redisError(cause);
      }
    },

    async isStuck() {
      try {
        const counts = await Promise.all(
          [...queues.values()].map((queue) => queue.getJobCounts('waiting', 'prioritized', 'active')),
        );
        return counts.some(({ waiting = 0, prioritized = 0, active = 0 }) => waiting + prioritized > 0 && active === 0);
      } catch (cause) {
        throw redisError(cause);
      }
    },

    async stop(graceMs) {
      closing.abort();
      const timer = setTimeout(() => stopping.abort(), graceMs);
      try {
        await Promise.all(workers.map((worker) => worker.close()));
      } finally {
        clearTimeout(timer);
      }
    },

    async close() {
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
      for (const connection of connections) connection.disconnect();
    },
  };

  async function addNow(kind: WorkKind, batches: readonly LaterBatch[]): Promise<void> {
    await queueOf(kind).addBulk(
      batches.map(({ ids, urgency }) => ({
        name: kind,
        data: { ids },
        opts: { priority: PRIORITY[urgency], removeOnComplete: true, removeOnFail: true },
      })),
    );
  }

  function queueOf(kind: WorkKind): Queue<Batch> {
    return queues.get(kind)!;
  }
}

/** How often Redis is asked whether a batch in work is still ours, ms. */
const CONFIRM = LOCK / 6;
/** An answer so old proves nothing: the process may have been frozen meanwhile, or cut off from Redis, ms. */
const STALE = LOCK / 2;

type Hold = {
  /** Aborts when Redis says that the batch is not ours any more. */
  readonly lost: AbortSignal;
  readonly assure: () => Promise<void>;
  readonly release: () => void;
};

/** Keeps a batch in work ours, and knows how long ago Redis said that it is. */
function holdBatch(job: Job<Batch>, token: string): Hold {
  const lost = new AbortController();
  let confirmedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | null = null;
  const timer = setInterval(() => void confirm().catch(() => undefined), CONFIRM);
  return {
    lost: lost.signal,
    async assure() {
      if (performance.now() - confirmedAt >= STALE) await answered(confirm());
      lost.signal.throwIfAborted();
      if (performance.now() - confirmedAt >= STALE) throw unassured();
    },
    release: () => clearInterval(timer),
  };

  function confirm(): Promise<void> {
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  }

  async function ask(): Promise<void> {
    const asked = performance.now();
    if ((await job.extendLock(token, LOCK)) === 1) confirmedAt = asked;
    else lost.abort(unassured());
  }
}

/** A worker's connection waits for Redis for ever; whoever wants to write does not. */
async function answered(confirmation: Promise<void>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(unassured()), STALE);
  try {
    await Promise.race([confirmation, late]);
  } catch (cause) {
    throw redisError(cause);
  } finally {
    clearTimeout(timer);
  }
}

function unassured(): AppError {
  return new AppError({
    code: 'redis-unreachable',
    recovery: 'wait',
    message: 'Redis does not confirm that the batch is still ours (REDIS_URL)',
    mend: 'none is needed: whoever has it looks at its records anew',
  });
}

/** How long a batch that is told to stop may take to do so, ms: a write whose answer does not come must not hold the stop up. */
const LAST_WORDS = 500;

/** Waits for the work, but not longer than a little after the signal: whoever works on then is left to itself. */
async function untilGivenUp(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => void setTimeout(() => reject(signal.reason), LAST_WORDS);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await Promise.race([work, givenUp]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
