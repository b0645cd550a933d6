import type { Deadlines } from '../adapters/salesforce/settings.ts';
import type { Variables } from '../config/env-reading.ts';
import type { Environment } from '../config/env.ts';
import type { Config } from '../config/schema.ts';
import type { Subscriber } from '../observe/events.ts';
import type { Clock } from '../ports.ts';

/** Everything that one run of the daemon is told. */
export type DaemonSettings = {
  readonly environment: Environment;
  /** The environment as it is, for the URLs of alerts; none without it. */
  readonly variables?: Variables;
  readonly version: string;
  readonly only: 'poller' | 'workers' | null;
  /** Ends when nothing is left to do. */
  readonly once: boolean;
  /** Decides and logs, and writes nothing to the org; its queues and memories are its own. */
  readonly dryRun: boolean;
  /** Starts without asking the org whether the configuration fits it (F5). */
  readonly allowOffline: boolean;
  /** Receive every event besides the metrics: the log, and whoever waits for one. */
  readonly subscribers: readonly Subscriber[];
  /** Changes the configuration after it is read; `demo` polls every second. */
  readonly adjust?: (config: Config) => Config;
  /** How long calls to the org may take, where not as long as the adapter lets them by itself. */
  readonly deadlines?: Partial<Deadlines>;
  /** Real time unless given; what waits for minutes need not take minutes in a test. */
  readonly clock?: Clock;
  /** Carries the org's clock on between two of its answers, ms; that of `clock` unless given, for an org that is not hurried. */
  readonly orgTimer?: () => number;
};
