import { createAlertOutbox, type AlertOutbox } from '../adapters/alerts/alert-outbox.ts';
import type { RedisSettings } from '../adapters/redis.ts';
import { readAlertChannels } from '../config/alert-urls.ts';
import type { Observer } from '../observe/events.ts';
import type { Clock } from '../ports.ts';
import { tellAlerts } from '../workers/tell-alert.ts';
import type { DaemonSettings } from './daemon-settings.ts';
import type { LoadedFrame } from './load-frame.ts';

/** How long a run that ends by itself goes on sending its last alerts, ms. */
const PATIENCE = 5_000;

/** The outbox of alerts, sending wherever leads are worked on. */
export function openAlerts(
  settings: Pick<DaemonSettings, 'variables' | 'only' | 'once'>,
  redis: RedisSettings,
  { observer, clock }: { readonly observer: Observer; readonly clock: Clock },
  loaded: () => LoadedFrame,
): AlertOutbox {
  const variables = settings.variables ?? {};
  const homeless = new Set<string>();
  const outbox = createAlertOutbox({
    redis,
    clock,
    addressOf(name) {
      const channel = readAlertChannels(loaded().config.alerts, variables).get(name);
      return channel === undefined || channel.url === null ? null : { kind: channel.kind, url: channel.url };
    },
    tell: (alerts) => tellAlerts(alerts, loaded().frame.directory.users),
    onSent(channel, alerts) {
      const kinds = [...new Set(alerts.map(({ facts }) => String(facts['event'])))].toSorted();
      observer.emit('alert.sent', { alert: channel, alerts: alerts.length, kinds });
    },
    onHomeless(channel) {
      // Once for each channel: the alerts themselves say no more than the decisions in the log.
      if (homeless.has(channel)) return;
      homeless.add(channel);
      const { slack, webhook } = loaded().config.alerts[channel] ?? {};
      const variable = slack ?? webhook ?? 'its variable';
      observer.emit('alert.unsent', { alert: channel, reason: `${variable} is not set` });
    },
    onUnsent(channel, alerts, reason) {
      observer.emit('alert.unsent', { alert: channel, alerts: alerts.length, reason });
    },
  });
  if (settings.only === 'poller') return outbox;
  outbox.start();
  if (!settings.once) return outbox;
  return {
    ...outbox,
    async close() {
      await outbox.flush(PATIENCE).catch(() => undefined);
      await outbox.close();
    },
  };
}
