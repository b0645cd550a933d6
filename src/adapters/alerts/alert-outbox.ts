import { AppError } from '../../domain/error.ts';
import type { Alert } from '../../domain/alert.ts';
import type { Alerts, Clock } from '../../ports.ts';
import { connectForCommands, type RedisSettings } from '../redis.ts';
import { createAlertStore } from './alert-store.ts';
import { deliverAlerts, type AlertAddress } from './deliver-alerts.ts';

export type AlertOutboxSettings = {
  readonly redis: RedisSettings;
  readonly clock: Clock;
  /** Where the alerts of a channel go; null when there is no URL for it. */
  readonly addressOf: (channel: string) => AlertAddress | null;
  /** What people read; made when it is sent, so that names need not wait in Redis. */
  readonly tell: (alerts: readonly Alert[]) => string;
  /** Told of each message that was taken, with the alerts that it lists. */
  readonly onSent: (channel: string, alerts: readonly Alert[]) => void;
  /** Told of alerts that have nowhere to go. */
  readonly onHomeless: (channel: string) => void;
  /** Told when a message is given up. */
  readonly onUnsent: (channel: string, alerts: readonly Alert[], reason: string) => void;
};

export type AlertOutbox = Alerts & {
  /** Sends what waits, here or in any other process that does the same. */
  start(): void;
  /** Sends one alert without keeping it in Redis, which is away. @returns whether it was taken */
  sendAtOnce(alert: Alert): Promise<boolean>;
  /** Sends what has not been tried yet, though its minute is not over; settles when it is, or the time is over. */
  flush(patienceMs: number): Promise<void>;
  /** How many alerts wait. @throws AppError wait */
  waiting(): Promise<number>;
  /** Lets a message that is on its way end; the others stay in Redis. */
  close(): Promise<void>;
};

/** Ten attempts over about nine minutes. */
const ATTEMPTS = 10;
const FIRST_PAUSE = 1_000;
/** How often it is looked whether something is to be sent, ms. */
const LOOK = 1_000;

/**
 * Alerts on their way out: kept in Redis until they are delivered, each key once, tried again ever more slowly. Those of
 * one minute for one channel are one message, sent when the minute is over (S15). A process that dies between sending a
 * message and striking it off has it sent once more, with the same key; nothing else is sent twice.
 */
export function createAlertOutbox(settings: AlertOutboxSettings): AlertOutbox {
  const redis = connectForCommands(settings.redis);
  const store = createAlertStore(redis, settings.redis.prefix, settings.clock);
  const closing = new AbortController();
  let sending: Promise<void> | null = null;

  return {
    async post(alerts) {
      for (const [channel, posted] of Map.groupBy(alerts, (alert) => alert.channel)) {
        if (hasAddress(channel)) await store.add(channel, posted);
      }
    },
    async tell(standing) {
      // Where nobody hears of trouble, its end is not worth a word either.
      const isWell = standing.trouble === null;
      const hears = isWell ? settings.addressOf(standing.channel) !== null : hasAddress(standing.channel);
      if (hears) await store.stand(standing);
    },
    start() {
      sending = run();
    },
    async sendAtOnce(alert) {
      const address = settings.addressOf(alert.channel);
      return address !== null && (await trySending(alert.channel, [alert], address)) === null;
    },
    async flush(patienceMs) {
      const until = performance.now() + patienceMs;
      while (performance.now() < until && (await sendNext(true)));
    },
    waiting: () => store.waiting(),
    async close() {
      closing.abort();
      await sending;
      redis.disconnect();
    },
  };

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        while (!closing.signal.aborted && (await sendNext(false)));
      } catch (error) {
        // Redis is away, which others tell of; what is claimed comes again when the claim is over.
        if (!(error instanceof AppError)) throw error;
      }
      await settings.clock.sleep(LOOK, closing.signal).catch(() => undefined);
    }
  }

  /** @returns whether there was a message */
  async function sendNext(isHurried: boolean): Promise<boolean> {
    const batch = await store.claim(isHurried);
    if (batch === null) return false;
    const { channel, alerts, tries } = batch;
    const address = settings.addressOf(channel);
    if (address === null) settings.onHomeless(channel);
    else {
      const failure = await trySending(channel, alerts, address);
      if (failure !== null && tries < ATTEMPTS) {
        const pause = FIRST_PAUSE * 2 ** (tries - 1);
        await store.postpone(batch, pause * (0.5 + Math.random() / 2));
        return true;
      }
      if (failure !== null) settings.onUnsent(channel, alerts, failure.message);
    }
    await store.finish(batch);
    return true;
  }

  async function trySending(
    channel: string,
    alerts: readonly Alert[],
    address: AlertAddress,
  ): Promise<AppError | null> {
    // Its claim was over before it was struck off: others have sent it.
    if (alerts.length === 0) return null;
    try {
      await deliverAlerts(address, { channel, alerts, text: settings.tell(alerts) });
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
    settings.onSent(channel, alerts);
    return null;
  }

  function hasAddress(channel: string): boolean {
    if (settings.addressOf(channel) !== null) return true;
    settings.onHomeless(channel);
    return false;
  }
}
