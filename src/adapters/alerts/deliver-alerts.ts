import { createHash } from 'node:crypto';

import { request } from 'undici';

import { AppError } from '../../domain/error.ts';
import type { Alert } from '../../domain/alert.ts';

/** A place that alerts are posted to. The URL is a secret: whoever knows it can post. */
export type AlertAddress = { readonly kind: 'slack' | 'webhook'; readonly url: string };

/** One message to a channel: at least one alert, and what people read of them. */
export type AlertMessage = { readonly channel: string; readonly alerts: readonly Alert[]; readonly text: string };

/** Shorter than the grace of a stop: a message on its way is not cut off. */
const TIMEOUT = 2_500;

/**
 * Posts one message: Slack's incoming webhooks take `{ text }`, a webhook gets the facts of each alert as well, and a
 * `key` by which it knows a message that comes a second time.
 * @throws AppError `alert-refused` (retry) when it was not taken; its message never holds the URL
 */
export async function deliverAlerts({ kind, url }: AlertAddress, message: AlertMessage): Promise<void> {
  const { channel, alerts, text } = message;
  const told = alerts.map(({ key, facts }) => ({ key, ...facts }));
  const body = kind === 'slack' ? { text } : { alert: channel, key: keyOf(alerts), text, alerts: told };
  let status: number;
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT),
    });
    await answer.body.dump();
    status = answer.statusCode;
  } catch (error) {
    throw refused(`cannot be reached (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'})`);
  }
  if (status < 200 || status > 299) throw refused(`answered ${status}`);

  function refused(what: string): AppError {
    return new AppError({
      code: 'alert-refused',
      recovery: 'retry',
      message: `the ${kind} of the alert "${channel}" ${what}`,
      mend: 'check the URL in the environment',
    });
  }
}

function keyOf(alerts: readonly Alert[]): string {
  const keys = alerts.map(({ key }) => key).join('\n');
  return createHash('sha256').update(keys).digest('hex').slice(0, 32);
}
