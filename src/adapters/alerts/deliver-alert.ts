import { request } from 'undici';

import { AppError } from '../../domain/error.ts';
import type { Alert } from '../../ports.ts';

/** A place that alerts are posted to. The URL is a secret: whoever knows it can post. */
export type AlertAddress = { readonly kind: 'slack' | 'webhook'; readonly url: string };

/** Shorter than the grace of a stop: an alert on its way is not cut off. */
const TIMEOUT = 2_500;

/**
 * Posts one alert: Slack's incoming webhooks take `{ text }`, a webhook gets the facts as well.
 * @throws AppError `alert-refused` (retry) when it was not taken; its message never holds the URL
 */
export async function deliverAlert({ kind, url }: AlertAddress, alert: Alert, text: string): Promise<void> {
  const { channel, key, facts } = alert;
  const body = kind === 'slack' ? { text } : { alert: channel, key, text, ...facts };
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
