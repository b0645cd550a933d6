import path from 'node:path';

import { runDaemon } from '../src/app/run-daemon.ts';
import type { Config } from '../src/config/schema.ts';
import type { Subscriber } from '../src/observe/events.ts';
import type { SandboxOrg } from '../src/sandbox/sandbox-org.ts';

/** Where a daemon of a bench works, and with how much of the example configuration. */
export type Place = {
  readonly sandbox: SandboxOrg;
  readonly redisUrl: string;
  readonly prefix: string;
  readonly dataFolder: string;
  readonly adjust: (config: Config) => Config;
  readonly subscriber?: Subscriber;
};

/** `rolecall start --once`, in this process. @returns seconds that it took */
export async function runOnce({ sandbox, redisUrl, prefix, dataFolder, ...place }: Place): Promise<number> {
  const secrets = [sandbox.clientSecret];
  const begun = performance.now();
  await runDaemon(
    {
      environment: {
        configFolder: path.join(import.meta.dirname, '../config'),
        dataFolder,
        logLevel: 'silent',
        logFormat: 'json',
        salesforce: {
          loginUrl: sandbox.url,
          flow: { kind: 'client-credentials', clientId: sandbox.clientId, clientSecret: sandbox.clientSecret },
          apiVersion: '66.0',
          secrets,
        },
        redis: { url: redisUrl, prefix, secrets: [] },
        http: { host: '127.0.0.1', port: 0 },
        secrets,
      },
      version: 'bench',
      only: null,
      once: true,
      dryRun: false,
      allowOffline: false,
      subscribers: place.subscriber === undefined ? [] : [place.subscriber],
      adjust: place.adjust,
    },
    { stop: new AbortController().signal, onReload: () => undefined },
  );
  return (performance.now() - begun) / 1000;
}
