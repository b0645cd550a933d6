import type { OrgQueue, User } from '../domain/record.ts';
import type { OrgStage } from '../rules/contact-roles/stage-order.ts';
import { fold } from '../rules/text/fold.ts';
import type { NamedObject } from './condition-uses.ts';
import { resolveField } from './describe-field.ts';
import type { FieldUse } from './field-uses.ts';
import { fieldUses } from './field-uses.ts';
import type { Describe } from './fields-used.ts';
import { checkOwners } from './live-owners.ts';
import { checkPicklists } from './live-picklists.ts';
import type { Located } from './located.ts';
import type { Path } from './located-yaml.ts';
import { modeOf } from './mode.ts';
import type { Problem } from './problem.ts';
import { problemAt, sortProblems, suggestion } from './problem.ts';
import type { Config } from './schema.ts';

/** What the org is like, as the integration user sees it. */
export type OrgFacts = {
  /** At least the objects of `objectsToDescribe`; fields of others are not checked. */
  readonly describe: Describe;
  /** All of them, inactive ones too. */
  readonly users: Iterable<User>;
  readonly queues: readonly OrgQueue[];
  /** In any order. */
  readonly stages: readonly OrgStage[];
  /** Names of the active campaigns; left out where they were not read. */
  readonly campaigns?: ReadonlySet<string>;
};

/** Compares a valid configuration with the org (F5, level `live`). Modules that are off are not looked at. */
export function checkLive(config: Config, located: Located, org: OrgFacts): readonly Problem[] {
  return sortProblems([
    ...checkFields(config, located, org.describe),
    ...checkPicklists(config, located, org.describe),
    ...checkStages(config, located, org.stages),
    ...checkOwners(config, located, org),
    ...checkCampaigns(config, located, org.campaigns),
    ...checkListFiles(config, located),
  ]);
}

/** The objects that a relationship usually leads to; any other is not checked. */
const PARENTS: Readonly<Record<string, string>> = {
  Account: 'Account',
  Contact: 'Contact',
  CreatedBy: 'User',
  LastModifiedBy: 'User',
  Owner: 'User',
  RecordType: 'RecordType',
};

/** The objects whose fields, or whose parents' fields, the configuration names; each once. */
export function objectsToDescribe(config: Config): readonly string[] {
  const uses = fieldUses(config);
  const parents = uses.flatMap(({ field }) => field.split('.').slice(0, -1)).map((name) => PARENTS[name] ?? null);
  // For the values of its Role, whatever fields are named.
  const roles = modeOf(config, ['contact_roles']) === 'off' ? [] : ['OpportunityContactRole'];
  return [...new Set([...uses.map(({ object }) => object), ...parents.filter((name) => name !== null), ...roles])];
}

function checkFields(config: Config, located: Located, describe: Describe): readonly Problem[] {
  const guards = new Map<string, Set<NamedObject>>();
  const problems = fieldUses(config).flatMap((use): readonly Problem[] => {
    const { object, field, isOptional, path, part } = use;
    const place = located.locate(path, part);
    const resolution = resolveField(object, field, describe);
    if (resolution.kind === 'unchecked') return [];
    if (resolution.kind === 'unknown') {
      if (path[1] === 'guard') guards.set(field, new Set([...(guards.get(field) ?? []), object]));
      if (isOptional) return [];
      const { object: holder, name, known } = resolution;
      const message = `${holder} has no field "${name}", or the integration user may not see it${suggestion(name, known)}`;
      return [problemAt(place, 'E_FIELD_UNKNOWN', message)];
    }
    const { isCreateable, isUpdateable, isExternalId, isUnique } = resolution.field;
    const isForbidden = use.access === 'create' ? !isCreateable : use.access === 'update' && !isUpdateable;
    if (isForbidden && modeOf(config, path) === 'enforce') {
      return [problemAt(place, 'E_FIELD_NO_ACCESS', `the integration user may not write ${object}.${field}`)];
    }
    if (isKey(use) && !(isExternalId && isUnique)) {
      return [
        problemAt(
          place,
          'E_FIELD_TYPE',
          `${object}.${field} must be an external id and unique: it keeps us from doing things twice`,
        ),
      ];
    }
    return [];
  });
  return [...problems, ...unknownGuards(guards, config, located)];
}

function isKey({ path }: FieldUse): boolean {
  return path[0] === 'write' && (path[1] === 'task_key' || path[1] === 'turn_key');
}

/** A guarded field belongs to the lead or to the opportunity; one that neither has is a mistake. */
function unknownGuards(
  missing: ReadonlyMap<string, ReadonlySet<NamedObject>>,
  { write }: Config,
  located: Located,
): readonly Problem[] {
  return write.guard.flatMap((field, index) => {
    if (missing.get(field)?.size !== 2) return [];
    const place = located.locate(['write', 'guard', index]);
    return [problemAt(place, 'E_FIELD_UNKNOWN', `neither Lead nor Opportunity has a field "${field}"`)];
  });
}

function checkStages(config: Config, located: Located, stages: readonly OrgStage[]): readonly Problem[] {
  const { contact_roles: roles, opportunity_criteria: criteria } = config;
  const orderByName = new Map(stages.map(({ apiName, sortOrder }) => [fold(apiName), sortOrder]));
  const unknownStage = (stage: string, path: Path): readonly Problem[] => {
    if (orderByName.has(fold(stage))) return [];
    const hint = suggestion(
      stage,
      stages.map(({ apiName }) => apiName),
    );
    return [problemAt(located.locate(path), 'E_STAGE_UNKNOWN', `"${stage}" is not a stage of the org${hint}`)];
  };
  const listed = (entries: readonly { readonly stage: string }[], path: Path): readonly Problem[] =>
    entries.flatMap(({ stage }, index) => {
      const at = [...path, index, 'stage'];
      const order = orderByName.get(fold(stage));
      const before = entries[index - 1]?.stage ?? '';
      const orderBefore = orderByName.get(fold(before));
      if (order === undefined || orderBefore === undefined || orderBefore < order) return unknownStage(stage, at);
      const message = `"${stage}" does not come after "${before}" in the org; list the stages in its order`;
      return [problemAt(located.locate(at), 'E_STAGE_ORDER', message)];
    });
  const treatAs = roles?.pre_close?.treat_as;
  const problems = [
    ...(roles === null || roles.mode === 'off' ? [] : listed(roles.stages, ['contact_roles', 'stages'])),
    ...(roles?.mode === 'off' || treatAs === undefined
      ? []
      : unknownStage(treatAs, ['contact_roles', 'pre_close', 'treat_as'])),
    ...(criteria === null || criteria.mode === 'off'
      ? []
      : listed(criteria.stages, ['opportunity_criteria', 'stages'])),
  ];
  return problems;
}

function checkCampaigns(
  { recycle }: Config,
  located: Located,
  campaigns: ReadonlySet<string> | undefined,
): readonly Problem[] {
  if (campaigns === undefined || recycle === null || recycle.mode === 'off') return [];
  const treatments = [
    ...Object.entries(recycle.reasons).map(([reason, { nurture }]) => {
      return { campaign: nurture.campaign, path: ['recycle', 'reasons', reason, 'nurture', 'campaign'] };
    }),
    {
      campaign: recycle.unable_to_reach?.nurture.campaign,
      path: ['recycle', 'unable_to_reach', 'nurture', 'campaign'],
    },
  ];
  return treatments.flatMap(({ campaign, path }) => {
    if (campaign === undefined || campaigns.has(campaign)) return [];
    const message = `there is no active campaign "${campaign}"; leads go to the queue all the same`;
    return [problemAt(located.locate(path), 'W_CAMPAIGN_UNKNOWN', message)];
  });
}

/** The loader lets list files come later; where the daemon runs they should be there. */
function checkListFiles({ lists }: Config, located: Located): readonly Problem[] {
  return Object.entries(lists).flatMap(([name, { isPresent }]) => {
    if (isPresent) return [];
    const message = `the file of the list "${name}" is not there; until it is, nothing is on the list`;
    return [problemAt(located.locate(['lists', name, 'file']), 'W_LIST_EMPTY', message)];
  });
}
