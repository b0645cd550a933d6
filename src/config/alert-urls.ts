import type { EnvironmentProblem, Variables } from './env-reading.ts';
import { environmentError, variable } from './env-reading.ts';
import type { Alerts } from './schema.ts';

/** A channel that alerts go to. */
export type AlertChannel = {
  readonly kind: 'slack' | 'webhook';
  /** The name of the environment variable. */
  readonly variable: string;
  /** A secret: who knows it can post. Null when the variable is not set; alerts then only appear in the log. */
  readonly url: string | null;
};

/**
 * The channels of `alerts:` by name, with the URLs that the environment gives.
 * @throws AppError `env-invalid` (fix-config) when a variable holds something else than an http(s) URL
 */
export function readAlertChannels(alerts: Alerts, env: Variables): ReadonlyMap<string, AlertChannel> {
  const problems: EnvironmentProblem[] = [];
  const channels = Object.entries(alerts).map(([name, { slack, webhook = '' }]): readonly [string, AlertChannel] => {
    const [kind, holder] = slack === undefined ? (['webhook', webhook] as const) : (['slack', slack] as const);
    const url = variable(env, holder)?.trim() ?? null;
    if (url !== null && !isWebUrl(url)) {
      problems.push({ message: `${holder}, of the alert "${name}", is not a URL`, mend: `correct ${holder}` });
    }
    return [name, { kind, variable: holder, url }];
  });
  if (problems.length > 0) throw environmentError(problems);
  return new Map(channels);
}

function isWebUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}
