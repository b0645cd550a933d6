import type { Condition } from '../rules/conditions/schema.ts';
import type { TerritorySource } from '../rules/routing/territory-schema.ts';
import type { Path } from './located-yaml.ts';
import type { ReadableConfig } from './schema.ts';

/** The objects whose fields a configuration names. */
export type NamedObject = 'Lead' | 'Account' | 'Task' | 'Event' | 'Opportunity' | 'OpportunityContactRole';

/** A condition, where it is written, and whose fields it is about. */
export type ConditionUse = { readonly object: NamedObject; readonly condition: Condition; readonly path: Path };

/** One operator of one test of a field. */
export type FieldTestUse = {
  readonly field: string;
  /** `is` for a scalar, `in` for a list, else the operator as written. */
  readonly operator: string;
  readonly argument: unknown;
  /** Of the argument. */
  readonly path: Path;
  /** Of the field, to be taken as a key. */
  readonly fieldPath: Path;
};

/** All conditions of the sections that can be read. */
export function conditionUses(config: ReadableConfig): readonly ConditionUse[] {
  return [
    ...qualificationConditions(config),
    ...routingConditions(config),
    ...slaConditions(config),
    ...recycleConditions(config),
    ...opportunityConditions(config),
  ];
}

/** The tests of a condition, also those inside `any`, `all` and `not`. Modifiers are left out. */
export function testsIn(condition: Condition, path: Path): readonly FieldTestUse[] {
  return Object.entries(condition).flatMap(([key, value]): readonly FieldTestUse[] => {
    const at = [...path, key];
    if (key === 'any' || key === 'all') {
      return (value as readonly Condition[]).flatMap((inner, index) => testsIn(inner, [...at, index]));
    }
    if (key === 'not') return testsIn(value as Condition, at);
    if (Array.isArray(value)) return [{ field: key, operator: 'in', argument: value, path: at, fieldPath: at }];
    if (typeof value !== 'object') return [{ field: key, operator: 'is', argument: value, path: at, fieldPath: at }];
    return Object.entries(value)
      .filter(([operator]) => operator !== 'if_blank' && operator !== 'case')
      .map(([operator, argument]) => ({ field: key, operator, argument, path: [...at, operator], fieldPath: at }));
  });
}

function qualificationConditions({ qualification }: ReadableConfig): readonly ConditionUse[] {
  if (qualification === undefined || qualification === null) return [];
  const rules = (list: readonly { readonly when?: Condition | undefined }[], path: Path): readonly ConditionUse[] =>
    list.flatMap(({ when }, index) => use('Lead', when, [...path, index, 'when']));
  return [
    ...use('Lead', qualification.scope, ['qualification', 'scope']),
    ...rules(qualification.suppress, ['qualification', 'suppress']),
    ...rules(qualification.disqualify, ['qualification', 'disqualify']),
    ...rules(qualification.qualify, ['qualification', 'qualify']),
    ...qualification.qualify.flatMap(({ score }, index) =>
      rules(score?.points ?? [], ['qualification', 'qualify', index, 'score', 'points']),
    ),
  ];
}

function routingConditions({ routing }: ReadableConfig): readonly ConditionUse[] {
  if (routing === undefined || routing === null) return [];
  return [
    ...use('Account', routing.matched_account?.where, ['routing', 'matched_account', 'where']),
    ...territoryConditions(routing.territories, ['routing', 'territories']),
    ...use('Lead', routing.pool_defaults.open_leads, ['routing', 'pool_defaults', 'open_leads']),
    ...Object.entries(routing.pools).flatMap(([name, pool]) =>
      use('Lead', pool.open_leads, ['routing', 'pools', name, 'open_leads']),
    ),
  ];
}

function territoryConditions(siblings: readonly TerritorySource[], path: Path): readonly ConditionUse[] {
  return siblings.flatMap(({ match, children }, index) => [
    ...use('Lead', match.when, [...path, index, 'match', 'when']),
    ...territoryConditions(children, [...path, index, 'children']),
  ]);
}

function slaConditions({ sla }: ReadableConfig): readonly ConditionUse[] {
  if (sla === undefined || sla === null) return [];
  return [
    ...use('Task', sla.touch.counts.Task, ['sla', 'touch', 'counts', 'Task']),
    ...use('Event', sla.touch.counts.Event, ['sla', 'touch', 'counts', 'Event']),
    ...sla.policies.flatMap(({ when }, index) => use('Lead', when, ['sla', 'policies', index, 'when'])),
    ...use('Lead', sla.pause_when, ['sla', 'pause_when']),
    ...use('Lead', sla.stop_when, ['sla', 'stop_when']),
  ];
}

function recycleConditions({ recycle }: ReadableConfig): readonly ConditionUse[] {
  if (recycle === undefined || recycle === null) return [];
  return [
    ...recycle.auto.flatMap(({ when }, index) => use('Lead', when, ['recycle', 'auto', index, 'when'])),
    ...use('Lead', recycle.re_entry?.when, ['recycle', 're_entry', 'when']),
  ];
}

function opportunityConditions(config: ReadableConfig): readonly ConditionUse[] {
  const { contact_roles: roles, opportunity_criteria: criteria } = config;
  return [
    ...use('Opportunity', roles?.scope, ['contact_roles', 'scope']),
    ...use('OpportunityContactRole', roles?.member.when, ['contact_roles', 'member', 'when']),
    ...(roles?.tiers ?? []).flatMap(({ when }, index) =>
      use('Opportunity', when, ['contact_roles', 'tiers', index, 'when']),
    ),
    ...use('OpportunityContactRole', roles?.suggest?.exclude, ['contact_roles', 'suggest', 'exclude']),
    ...use('Opportunity', criteria?.scope, ['opportunity_criteria', 'scope']),
    ...(criteria?.stages ?? []).flatMap(({ require }, index) =>
      use('Opportunity', require, ['opportunity_criteria', 'stages', index, 'require']),
    ),
  ];
}

function use(object: NamedObject, condition: Condition | undefined, path: Path): readonly ConditionUse[] {
  return condition === undefined ? [] : [{ object, condition, path }];
}
