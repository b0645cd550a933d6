import type { DaemonSettings } from './run-daemon.ts';
import { configHash } from '../config/config-hash.ts';
import { conditionUses, testsIn } from '../config/condition-uses.ts';
import { loadConfig } from '../config/load.ts';
import { printProblem } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import { AppError } from '../domain/error.ts';
import type { Observer } from '../observe/events.ts';
import type { ObjectDescription, Salesforce } from '../ports.ts';
import { compileRulebook, type Mode } from '../rules/rulebook.ts';
import { templateNames } from '../rules/template.ts';
import { ALWAYS_READ, type Columns } from '../workers/columns.ts';
import { readDirectory, readStages } from '../workers/read-org.ts';
import type { Frame } from '../workers/work-world.ts';

/** A configuration that is valid and fits the org, compiled. */
export type LoadedFrame = {
  readonly config: Config;
  readonly frame: Frame;
  readonly modes: ReadonlyMap<string, Mode>;
};

export async function loadFrame(
  settings: DaemonSettings,
  salesforce: Salesforce,
  observer: Observer,
  signal: AbortSignal,
): Promise<LoadedFrame> {
  const loaded = loadConfig(settings.environment.configFolder);
  if (loaded.config === null) {
    throw new AppError({
      code: 'config-invalid',
      recovery: 'fix-config',
      message: loaded.problems.map(printProblem).join('\n'),
    });
  }
  const config = settings.adjust === undefined ? loaded.config : settings.adjust(loaded.config);
  const described = new Map<string, ObjectDescription>();
  for (const object of ['Lead', 'Opportunity', 'OpportunityContactRole', 'Contact', 'Task']) {
    described.set(object, await salesforce.describe(object, signal));
  }
  const directory = await readDirectory(salesforce, signal);
  const stages = await readStages(salesforce, signal);
  const rulebook = compileRulebook(config, stages);
  const hash = configHash(config);
  const modes = new Map<string, Mode>();
  if (config.qualification) modes.set('qualification', config.qualification.mode);
  if (config.routing) modes.set('routing', config.routing.mode);
  if (config.contact_roles) modes.set('contact_roles', config.contact_roles.mode);
  observer.emit('config.loaded', { config_hash: hash, modules: Object.fromEntries(modes) });
  return { config, modes, frame: { configHash: hash, rulebook, directory, columns: columnsOf(config, described) } };
}

function columnsOf(config: Config, described: ReadonlyMap<string, ObjectDescription>): Columns {
  const has = (object: string) => (field: string) => {
    if (object === 'OpportunityContactRole' && field.startsWith('Contact.'))
      return described.get('Contact')!.fields.has(field.slice(8));
    return field.includes('.') ? /^[A-Z]/.test(field) : described.get(object)!.fields.has(field);
  };
  const used = (object: string): string[] =>
    conditionUses(config)
      .filter((use) => use.object === object)
      .flatMap(({ condition, path }) => testsIn(condition, path).map(({ field }) => field));
  const q = config.qualification;
  const r = config.routing;
  const c = config.contact_roles;
  const lead = [
    ...ALWAYS_READ.Lead,
    ...used('Lead'),
    'Email',
    'Company',
    'Website',
    'Country',
    'CountryCode',
    'State',
    'StateCode',
    'PostalCode',
    'NumberOfEmployees',
    'Phone',
    'LeadSource',
    ...Object.values(q?.outcomes ?? {}).flatMap(({ set }) => Object.keys(set)),
    ...Object.keys(r?.set ?? {}),
    config.write.turn_key ?? '',
    r?.record_override?.field ?? '',
    ...templateNames(`${r?.handoff.task?.body ?? ''} ${r?.handoff.task?.subject ?? ''}`),
  ];
  const opportunity = [
    ...ALWAYS_READ.Opportunity,
    ...used('Opportunity'),
    ...Object.keys(c?.set ?? {}),
    config.write.episode ?? '',
    c?.exempt?.field ?? '',
    c?.exempt?.until ?? '',
    'Type',
    'Amount',
    'Name',
  ];
  const role = [...used('OpportunityContactRole'), 'Contact.AccountId', 'Contact.IsDeleted'];
  const unique = (object: string, names: string[]) => [...new Set(names.filter(has(object)))];
  return {
    lead: unique('Lead', lead),
    opportunity: unique('Opportunity', opportunity),
    role: unique('OpportunityContactRole', role),
    guard: {
      Lead: unique('Lead', [...config.write.guard]),
      Opportunity: unique('Opportunity', [...config.write.guard]),
    },
    lengths: new Map([...described.get('Opportunity')!.fields.values()].map(({ name, length }) => [name, length])),
  };
}
