import { createAlertOutbox, type AlertOutbox } from '../adapters/alerts/alert-outbox.ts';
import type { RedisSettings } from '../adapters/redis.ts';
import { readAlertChannels } from '../config/alert-urls.ts';
import type { Observer } from '../observe/events.ts';
import { tellAlert } from '../workers/tell-alert.ts';
import type { DaemonSettings } from './daemon-settings.ts';
import type { LoadedFrame } from './load-frame.ts';

/** How long a run that ends by itself waits for its last alerts, ms. */
const PATIENCE = 5_000;

/**
 * The outbox of alerts, sending wherever leads are worked on.
 * @throws AppError `env-invalid` (fix-config) when a variable that a channel names holds no URL
 */
export function openAlerts(
  settings: Pick<DaemonSettings, 'variables' | 'only' | 'once'>,
  redis: RedisSettings,
  observer: Observer,
  loaded: () => LoadedFrame,
): AlertOutbox {
  const variables = settings.variables ?? {};
  readAlertChannels(loaded().config.alerts, variables);
  const homeless = new Set<string>();
  const outbox = createAlertOutbox({
    redis,
    addressOf(name) {
      const channel = readAlertChannels(loaded().config.alerts, variables).get(name);
      return channel === undefined || channel.url === null ? null : { kind: channel.kind, url: channel.url };
    },
    tell: (alert) => tellAlert(alert, loaded().frame.directory.users),
    onSent: ({ channel }) => observer.emit('alert.sent', { alert: channel }),
    onHomeless({ channel }) {
      // Once for each channel: the alerts themselves say no more than the decisions in the log.
      if (homeless.has(channel)) return;
      homeless.add(channel);
      const { slack, webhook } = loaded().config.alerts[channel] ?? {};
      const variable = slack ?? webhook ?? 'its variable';
      observer.emit('alert.unsent', { alert: channel, reason: `${variable} is not set` });
    },
    onUnsent: ({ channel }, reason) => observer.emit('alert.unsent', { alert: channel, reason }),
  });
  if (settings.only !== 'poller') outbox.start();
  if (!settings.once) return outbox;
  return {
    ...outbox,
    async close() {
      await outbox.drain(PATIENCE).catch(() => undefined);
      await outbox.close();
    },
  };
}
