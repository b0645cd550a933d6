import { createHash } from 'node:crypto';

import { Queue, Worker } from 'bullmq';

import type { Alert, Alerts } from '../../ports.ts';
import { connectForCommands, connectForWorkers, redisError, type RedisSettings } from '../redis.ts';
import { deliverAlert, type AlertAddress } from './deliver-alert.ts';

export type AlertOutboxSettings = {
  readonly redis: RedisSettings;
  /** Where the alerts of a channel go; null when there is no URL for it. */
  readonly addressOf: (channel: string) => AlertAddress | null;
  /** What people read; made when it is sent, so that names need not wait in Redis. */
  readonly tell: (alert: Alert) => string;
  readonly onSent: (alert: Alert) => void;
  /** Told of an alert that has nowhere to go. */
  readonly onHomeless: (alert: Alert) => void;
  /** Told when an alert is given up. */
  readonly onUnsent: (alert: Alert, reason: string) => void;
};

export type AlertOutbox = Alerts & {
  /** Sends what waits, here or in any other process that does the same. */
  start(): void;
  /** Settles when nothing waits to be sent for the first time, or when the time is over. */
  drain(patienceMs: number): Promise<void>;
  close(): Promise<void>;
};

/** Ten attempts over about a quarter of an hour. */
const ATTEMPTS = 10;
const FIRST_PAUSE = 1_000;

/** How long an alert is remembered, seconds and number, so that one change of state is told once. */
const REMEMBERED = { age: 7 * 24 * 3_600, count: 20_000 };

/** Alerts on their way out: kept in Redis until they are delivered, tried again ever more slowly, each key once. */
export function createAlertOutbox(settings: AlertOutboxSettings): AlertOutbox {
  const prefix = `${settings.redis.prefix}:queue`;
  const connection = connectForCommands(settings.redis);
  const queue = new Queue<Alert>('alert', { connection, prefix });
  queue.on('error', () => undefined);
  const connections = [connection];
  let worker: Worker<Alert> | null = null;

  return {
    async post(alerts) {
      const sendable = alerts.filter((alert) => {
        const hasAddress = settings.addressOf(alert.channel) !== null;
        if (!hasAddress) settings.onHomeless(alert);
        return hasAddress;
      });
      try {
        await queue.addBulk(
          sendable.map((alert) => ({
            name: alert.channel,
            data: alert,
            opts: {
              jobId: createHash('sha256').update(`${alert.channel} ${alert.key}`).digest('hex'),
              attempts: ATTEMPTS,
              backoff: { type: 'exponential', delay: FIRST_PAUSE, jitter: 0.5 },
              removeOnComplete: REMEMBERED,
              removeOnFail: REMEMBERED,
            },
          })),
        );
      } catch (cause) {
        throw redisError(cause);
      }
    },
    start() {
      const own = connectForWorkers(settings.redis);
      connections.push(own);
      worker = new Worker<Alert>('alert', async ({ data }) => send(data), { connection: own, prefix });
      worker.on('error', () => undefined);
      worker.on('failed', (job, error) => {
        if (job !== undefined && job.attemptsMade >= ATTEMPTS) settings.onUnsent(job.data, error.message);
      });
    },
    async drain(patienceMs) {
      const until = performance.now() + patienceMs;
      while (performance.now() < until) {
        const counts = await queue.getJobCounts('waiting', 'active');
        if (Object.values(counts).every((count) => count === 0)) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async close() {
      await worker?.close();
      await queue.close();
      for (const open of connections) open.disconnect();
    },
  };

  async function send(alert: Alert): Promise<void> {
    const address = settings.addressOf(alert.channel);
    if (address === null) return settings.onHomeless(alert);
    await deliverAlert(address, alert, settings.tell(alert));
    settings.onSent(alert);
  }
}
