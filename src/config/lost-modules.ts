import { fold } from '../rules/text/fold.ts';
import { resolveField } from './describe-field.ts';
import { fieldUses, type FieldUse } from './field-uses.ts';
import type { OrgFacts } from './live.ts';
import { modeOf } from './mode.ts';
import type { Config } from './schema.ts';

/** Why a module cannot work at present. */
export type Loss = { readonly code: 'E_FIELD_NO_ACCESS' | 'E_STAGE_UNKNOWN'; readonly reason: string };

/**
 * The modules whose rules name what the org does not show any more, with the first reason of each (XE9, CE24).
 * Of a configuration that fitted the org once; empty when it still does.
 */
export function findLostModules(config: Config, org: OrgFacts): ReadonlyMap<string, Loss> {
  const lost = new Map<string, Loss>();
  for (const [module, loss] of [...lostFields(config, org), ...lostStages(config, org)]) {
    if (!lost.has(module) && modeOf(config, [module]) !== 'off') lost.set(module, loss);
  }
  return lost;
}

type Lost = readonly [module: string, loss: Loss];

/** Whose work rests on the fields of `write:`; the guarded ones are several that stand in for each other. */
const USERS_OF: Readonly<Record<string, readonly string[]>> = {
  task_key: ['contact_roles', 'routing', 'sla'],
  turn_key: ['routing'],
  episode: ['contact_roles'],
};

function lostFields(config: Config, { describe }: OrgFacts): readonly Lost[] {
  return fieldUses(config)
    .filter(({ isOptional }) => !isOptional)
    .flatMap((use): readonly Lost[] => {
      const reason = reasonOf(use, describe);
      return reason === null ? [] : usersOf(use).map((module) => [module, { code: 'E_FIELD_NO_ACCESS', reason }]);
    });
}

function reasonOf({ object, field, access }: FieldUse, describe: OrgFacts['describe']): string | null {
  if (describe(object) === undefined) return `the integration user may not see ${object} any more`;
  const resolution = resolveField(object, field, describe);
  if (resolution.kind === 'unknown') return `the integration user may not see ${object}.${field} any more`;
  if (resolution.kind === 'unchecked') return null;
  const { isCreateable, isUpdateable } = resolution.field;
  const isForbidden = access === 'create' ? !isCreateable : access === 'update' && !isUpdateable;
  return isForbidden ? `the integration user may not write ${object}.${field} any more` : null;
}

function usersOf({ path: [section, key] }: FieldUse): readonly string[] {
  return section === 'write' ? (USERS_OF[String(key)] ?? []) : [String(section)];
}

function lostStages({ contact_roles: roles, opportunity_criteria: criteria }: Config, org: OrgFacts): readonly Lost[] {
  const known = new Set(org.stages.map(({ apiName }) => fold(apiName)));
  const named = {
    contact_roles: [
      ...(roles?.stages.map(({ stage }) => stage) ?? []),
      ...(roles?.pre_close ? [roles.pre_close.treat_as] : []),
    ],
    opportunity_criteria: criteria?.stages.map(({ stage }) => stage) ?? [],
  };
  return Object.entries(named).flatMap(([module, stages]): readonly Lost[] => {
    const lost = [...new Set(stages)].filter((stage) => !known.has(fold(stage))).map((stage) => `"${stage}"`);
    if (lost.length === 0) return [];
    const reason = `${module} names ${lost.join(', ')}, which the org has no longer as a stage`;
    return [[module, { code: 'E_STAGE_UNKNOWN', reason }]];
  });
}
