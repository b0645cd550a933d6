import { AppError } from '../domain/error.ts';
import type { WorkQueues } from '../ports.ts';

/** How many looks in a row find the queues stuck before the daemon fails. */
const LOOKS = 6;

/**
 * Fails the daemon when batches wait for a minute and nobody takes one though Redis answers: connections that block have
 * been seen to stay deaf after an outage. Whoever supervises the daemon starts it anew, and with it the connections.
 * @returns ends the watching
 */
export function watchWorkers(queues: WorkQueues, fail: (error: AppError) => void, lookEvery = 10_000): () => void {
  let looks = 0;
  const timer = setInterval(() => void look(), lookEvery);
  return () => clearInterval(timer);

  async function look(): Promise<void> {
    looks = (await queues.isStuck().catch(() => false)) ? looks + 1 : 0;
    if (looks === LOOKS) fail(STUCK);
  }
}

const STUCK = new AppError({
  code: 'workers-stuck',
  recovery: 'stop',
  message: 'batches have waited for a minute and no worker takes one, though Redis answers',
  mend: 'start rolecall again, as a supervisor does by itself',
});
