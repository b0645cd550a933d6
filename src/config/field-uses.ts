import type { FieldValue } from '../domain/record.ts';
import { templateNames } from '../rules/template.ts';
import type { NamedObject } from './condition-uses.ts';
import { conditionUses, testsIn } from './condition-uses.ts';
import { baseFields, isDerived } from './derived-names.ts';
import type { Path } from './located-yaml.ts';
import { modeOf } from './mode.ts';
import type { Config } from './schema.ts';

/** A field that the configuration names, and what is done with it. */
export type FieldUse = {
  readonly object: NamedObject;
  /** API name or relationship path; derived names are resolved to the fields they come from. */
  readonly field: string;
  readonly access: 'read' | 'update' | 'create';
  /** One of several that may stand in for each other: the org need not have it. */
  readonly isOptional: boolean;
  readonly path: Path;
  readonly part: 'key' | 'value';
};

/** All fields that the configuration names, but for modules that are off. */
export function fieldUses(config: Config): readonly FieldUse[] {
  const uses = [
    ...conditionFields(config),
    ...ownFields(config),
    ...qualificationFields(config),
    ...routingFields(config),
    ...slaFields(config),
    ...recycleFields(config),
    ...opportunityFields(config),
  ];
  return uses.filter(({ path }) => modeOf(config, path) !== 'off');
}

function conditionFields(config: Config): readonly FieldUse[] {
  return conditionUses(config).flatMap(({ object, condition, path }) =>
    testsIn(condition, path).flatMap(({ field, fieldPath }) => named(config, object, field, fieldPath, 'key')),
  );
}

/** The fields of `write:`. */
function ownFields(config: Config): readonly FieldUse[] {
  const { task_key: taskKey, turn_key: turnKey, episode, guard } = config.write;
  const own = (
    object: NamedObject,
    field: string | null,
    key: string,
    access: FieldUse['access'],
  ): readonly FieldUse[] =>
    field === null ? [] : [{ object, field, access, isOptional: false, path: ['write', key], part: 'value' }];
  return [
    ...own('Task', taskKey, 'task_key', 'create'),
    ...own('Lead', turnKey, 'turn_key', 'update'),
    ...own('Opportunity', episode, 'episode', 'update'),
    // One list for both objects: each has some of the fields.
    ...guard.flatMap((field, index) =>
      (['Lead', 'Opportunity'] as const).map((object): FieldUse => {
        return { object, field, access: 'read', isOptional: true, path: ['write', 'guard', index], part: 'value' };
      }),
    ),
  ];
}

function qualificationFields(config: Config): readonly FieldUse[] {
  const { qualification } = config;
  if (qualification === null) return [];
  const { geo, require_data: required, outcomes } = qualification;
  return [
    ...(['country', 'state', 'postal'] as const).flatMap((part) =>
      geo[part].map((field): FieldUse => {
        const path = ['qualification', 'geo', part];
        return { object: 'Lead', field, access: 'read', isOptional: true, path, part: 'value' };
      }),
    ),
    ...(required?.fields ?? []).flatMap((field, index) =>
      named(config, 'Lead', field, ['qualification', 'require_data', 'fields', index], 'value'),
    ),
    ...Object.entries(outcomes).flatMap(([outcome, effect]) =>
      written(config, 'Lead', effect?.set ?? {}, ['qualification', 'outcomes', outcome, 'set']),
    ),
  ];
}

function routingFields(config: Config): readonly FieldUse[] {
  const { routing } = config;
  if (routing === null) return [];
  const { record_override: override, named_account: account, matched_account: matched, handoff } = routing;
  return [
    ...one(config, 'Lead', override?.field, ['routing', 'record_override', 'field']),
    ...(account?.match_on ?? []).flatMap((field, index) =>
      named(config, 'Lead', field, ['routing', 'named_account', 'match_on', index], 'value'),
    ),
    ...(matched?.tiebreak ?? []).flatMap(({ field }, index) =>
      // Counted from opportunities, no field of the account.
      field === 'OpenOpportunities'
        ? []
        : named(config, 'Account', field, ['routing', 'matched_account', 'tiebreak', index], 'value'),
    ),
    ...(Object.keys(routing.segments).length === 0
      ? []
      : named(config, 'Lead', 'NumberOfEmployees', ['routing', 'segments'], 'key')),
    ...written(config, 'Lead', routing.set, ['routing', 'set']),
    ...inTemplate(config, 'Lead', handoff.task?.subject, ['routing', 'handoff', 'task', 'subject']),
    ...inTemplate(config, 'Lead', handoff.task?.body, ['routing', 'handoff', 'task', 'body']),
  ];
}

function slaFields(config: Config): readonly FieldUse[] {
  return (config.sla?.policies ?? []).flatMap((policy, index) =>
    (['on_warn', 'on_breach'] as const).flatMap((step) =>
      policy[step].flatMap(({ set = {}, task }, action) => {
        const path = ['sla', 'policies', index, step, action];
        return [
          ...written(config, 'Lead', set, [...path, 'set']),
          ...inTemplate(config, 'Lead', task?.subject, [...path, 'task', 'subject']),
          ...inTemplate(config, 'Lead', task?.body, [...path, 'task', 'body']),
        ];
      }),
    ),
  );
}

function recycleFields(config: Config): readonly FieldUse[] {
  const { recycle } = config;
  if (recycle === null) return [];
  return [
    ...Object.entries(recycle.dispositions).flatMap(([name, disposition]) =>
      (disposition?.requires ?? []).flatMap((field, index) =>
        named(config, 'Lead', field, ['recycle', 'dispositions', name, 'requires', index], 'value'),
      ),
    ),
    ...recycle.auto.flatMap(({ set }, index) => written(config, 'Lead', set, ['recycle', 'auto', index, 'set'])),
    ...Object.entries(recycle.reasons).flatMap(([reason, treatment]) =>
      one(config, 'Lead', treatment.wake_on, ['recycle', 'reasons', reason, 'wake_on']),
    ),
    ...one(config, 'Lead', recycle.unable_to_reach?.wake_on, ['recycle', 'unable_to_reach', 'wake_on']),
    ...written(config, 'Lead', recycle.archive?.set ?? {}, ['recycle', 'archive', 'set']),
  ];
}

function opportunityFields(config: Config): readonly FieldUse[] {
  const { contact_roles: roles, opportunity_criteria: criteria } = config;
  const exempt = roles?.exempt;
  return [
    ...one(config, 'Opportunity', exempt?.field, ['contact_roles', 'exempt', 'field']),
    ...one(config, 'Opportunity', exempt?.until, ['contact_roles', 'exempt', 'until']),
    ...one(config, 'Opportunity', exempt?.types.length ? 'Type' : undefined, ['contact_roles', 'exempt', 'types']),
    ...written(config, 'Opportunity', roles?.set ?? {}, ['contact_roles', 'set']),
    ...inTemplate(config, 'Opportunity', roles?.task?.subject, ['contact_roles', 'task', 'subject']),
    ...written(config, 'Opportunity', criteria?.set ?? {}, ['opportunity_criteria', 'set']),
  ];
}

/** The keys of a `set:` mapping, and the fields that its templates name. */
function written(
  config: Config,
  object: NamedObject,
  set: Readonly<Record<string, FieldValue>>,
  path: Path,
): readonly FieldUse[] {
  return Object.entries(set).flatMap(([field, value]) => [
    { object, field, access: 'update', isOptional: false, path: [...path, field], part: 'key' } satisfies FieldUse,
    ...inTemplate(config, object, typeof value === 'string' ? value : undefined, [...path, field]),
  ]);
}

/** The fields that a text names in braces: those with a capital, and derived ones. */
function inTemplate(config: Config, object: NamedObject, text: string | undefined, path: Path): readonly FieldUse[] {
  return templateNames(text ?? '')
    .filter((name) => /^[A-Z]/.test(name) || isDerived(name))
    .flatMap((name) => named(config, object, name, path, 'value'));
}

function one(config: Config, object: NamedObject, field: string | undefined, path: Path): readonly FieldUse[] {
  return field === undefined ? [] : named(config, object, field, path, 'value');
}

function named(
  config: Config,
  object: NamedObject,
  field: string,
  path: Path,
  part: FieldUse['part'],
): readonly FieldUse[] {
  if (!isDerived(field)) return [{ object, field, access: 'read', isOptional: false, path, part }];
  return baseFields(field, config).map((base) => {
    return { object, field: base, access: 'read', isOptional: true, path, part };
  });
}
