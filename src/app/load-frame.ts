import { readAlertChannels } from '../config/alert-urls.ts';
import { configHash, opportunityRulesHash } from '../config/config-hash.ts';
import { resolveField } from '../config/describe-field.ts';
import type { Variables } from '../config/env-reading.ts';
import { fieldsUsed, type Describe } from '../config/fields-used.ts';
import { checkLive } from '../config/live.ts';
import { loadConfig } from '../config/load.ts';
import { modeOf } from '../config/mode.ts';
import { hasErrors, printProblem, type Problem } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import { AppError } from '../domain/error.ts';
import type { Observer } from '../observe/events.ts';
import type { Salesforce } from '../ports.ts';
import { compileRulebook, type Mode } from '../rules/rulebook.ts';
import { ALWAYS_READ, type Columns } from '../workers/columns.ts';
import type { Frame } from '../workers/work-world.ts';
import { readOrgFacts } from './read-org-facts.ts';

/** A configuration that is valid and fits the org, compiled. */
export type LoadedFrame = {
  readonly config: Config;
  readonly frame: Frame;
  readonly modes: ReadonlyMap<string, Mode>;
  /** Names the rules by which opportunities are judged: other rules, another name. */
  readonly opportunityRules: string;
};

export type FrameSettings = {
  readonly configFolder: string;
  /** Does not ask whether the configuration fits the org (F5). */
  readonly allowOffline: boolean;
  readonly adjust: (config: Config) => Config;
  /** Of the environment: where the channels of `alerts:` have their URLs. */
  readonly variables: Variables;
};

const MODULES = ['qualification', 'routing', 'contact_roles', 'opportunity_criteria', 'sla', 'recycle'] as const;

/**
 * Reads the configuration, compares it with the org and compiles it.
 * @throws AppError `config-invalid` with all problems of the files, `env-invalid` when a variable that a channel names holds
 *   no URL, `live-invalid` with the problems against the org (fix-config)
 */
export async function loadFrame(
  settings: FrameSettings,
  salesforce: Salesforce,
  observer: Observer,
  signal: AbortSignal,
): Promise<LoadedFrame> {
  const loaded = loadConfig(settings.configFolder);
  if (loaded.config === null) throw refusal('config-invalid', loaded.problems);
  const config = settings.adjust(loaded.config);
  readAlertChannels(config.alerts, settings.variables);
  const { facts, directory, stages } = await readOrgFacts(config, salesforce, signal);
  const problems = settings.allowOffline ? [] : checkLive(config, loaded.located, facts);
  if (hasErrors(problems)) throw refusal('live-invalid', problems);
  if (settings.allowOffline) observer.emit('config.unverified', { reason: 'started with --allow-offline' });
  for (const problem of [...loaded.problems, ...problems]) {
    observer.emit('config.warning', { problem: printProblem(problem) });
  }
  const modes = new Map<string, Mode>(
    MODULES.map((module) => [module, modeOf(config, [module])] as const).filter(([, mode]) => mode !== 'off'),
  );
  const hash = configHash(config);
  observer.emit('config.loaded', { config_hash: hash, modules: Object.fromEntries(modes) });
  return {
    config,
    modes,
    opportunityRules: opportunityRulesHash(config),
    frame: {
      configHash: hash,
      rulebook: compileRulebook(config, stages),
      directory,
      suspended: new Set(),
      alertChannel: Object.keys(config.alerts)[0] ?? null,
      columns: columnsOf(config, facts.describe),
    },
  };
}

/** Types of fields by which SOQL can group; numbers with decimals, times and long texts are not among them (API v66). */
const GROUPABLE = new Set(['boolean', 'picklist', 'string', 'reference', 'date', 'email', 'phone', 'url', 'int']);

function matchesAccounts({ routing }: Config): boolean {
  return routing !== null && (routing.matched_account ?? routing.named_account) !== undefined;
}

/** Named accounts alone need no more than the owner, and nobody has described the object then. */
function accountColumns(
  config: Config,
  used: readonly string[],
  known: (object: string, fields: readonly string[]) => readonly string[],
  describe: Describe,
): readonly string[] {
  if (!matchesAccounts(config)) return [];
  if (describe('Account') === undefined) return ['OwnerId'];
  return [...new Set([...known('Account', ALWAYS_READ.Account), ...used])];
}

/** Of opportunities: roles, people and new rules leave no trace on them. Leads do not follow new rules (Q8). */
function unstampedObjects(config: Config, describe: Describe): ReadonlySet<string> {
  const isUnstamped = fieldsUsed(config, describe).Lead.some(
    (field) => field.includes('.') || describe('Lead')?.fields.get(field)?.isCalculated === true,
  );
  return new Set(isUnstamped ? ['Lead', 'Opportunity'] : ['Opportunity']);
}

/** What is read of each object for the modules that are on, as far as the org has it. */
export function columnsOf(config: Config, describe: Describe): Columns {
  const used = fieldsUsed(config, describe);
  const known = (object: string, fields: readonly string[]): readonly string[] =>
    fields.filter((field) => resolveField(object, field, describe).kind !== 'unknown');
  const { guard } = config.write;
  return {
    lead: [...new Set([...known('Lead', ALWAYS_READ.Lead), ...used.Lead])],
    account: accountColumns(config, used.Account, known, describe),
    groupable: new Set(
      [...(describe('Lead')?.fields.values() ?? [])].filter(({ type }) => GROUPABLE.has(type)).map(({ name }) => name),
    ),
    opportunity: [...new Set([...known('Opportunity', ALWAYS_READ.Opportunity), ...used.Opportunity])],
    role: [
      ...new Set([
        ...known('OpportunityContactRole', ALWAYS_READ.OpportunityContactRole),
        ...used.OpportunityContactRole,
      ]),
    ],
    unstamped: unstampedObjects(config, describe),
    guard: { Lead: known('Lead', guard), Opportunity: known('Opportunity', guard) },
    lengths: new Map(
      [...(describe('Opportunity')?.fields.values() ?? [])].map(({ name, length }) => [name, length] as const),
    ),
  };
}

function refusal(code: 'config-invalid' | 'live-invalid', problems: readonly Problem[]): AppError {
  return new AppError({
    code,
    recovery: 'fix-config',
    message: problems.map(printProblem).join('\n'),
    mend:
      code === 'config-invalid'
        ? 'correct the files; rolecall check shows the same'
        : 'correct the files, or the org: fields, permissions, picklists, users and queues',
  });
}
