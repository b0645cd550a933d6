import type { DaemonSettings } from './app.ts';
import { configHash } from './config/config-hash.ts';
import { checkLive, type OrgFacts } from './config/live.ts';
import { loadConfig } from './config/load.ts';
import { formatProblem, type Problem } from './config/problem.ts';
import type { Config } from './config/schema.ts';
import { AppError } from './domain/error.ts';
import type { Observer } from './observe/events.ts';
import type { Salesforce } from './ports.ts';
import { compileRulebook, type Mode } from './rules/rulebook.ts';
import type { Frame } from './workers/work-world.ts';

/** A configuration that is valid and fits the org, compiled. */
export type LoadedFrame = {
  readonly config: Config;
  readonly frame: Frame;
  readonly modes: ReadonlyMap<string, Mode>;
};
