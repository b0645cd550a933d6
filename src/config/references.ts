import type { OwnerTarget, Target } from '../rules/routing/target.ts';
import type { TerritorySource } from '../rules/routing/territory-schema.ts';
import type { SlaAction } from '../rules/sla/schema.ts';
import { conditionUses, testsIn } from './condition-uses.ts';
import type { Path } from './located-yaml.ts';
import type { ReadableConfig } from './schema.ts';

/** A name in the configuration that stands for something defined elsewhere: in another section, or in the org. */
export type Reference = {
  readonly kind: 'pool' | 'calendar' | 'list' | 'alert' | 'queue' | 'user';
  readonly name: string;
  /** Where the name is written. */
  readonly path: Path;
  readonly part: 'key' | 'value';
};

/** All references of the sections that can be read. Queues are those that must own Leads. */
export function references(config: ReadableConfig): readonly Reference[] {
  return [
    ...orgReferences(config),
    ...listReferences(config),
    ...qualificationReferences(config),
    ...routingReferences(config),
    ...slaReferences(config),
    ...recycleReferences(config),
    ...contactRoleReferences(config),
    ...reportReferences(config),
    ...testReferences(config),
  ];
}

function orgReferences({ org }: ReadableConfig): readonly Reference[] {
  return org === undefined ? [] : [reference('calendar', org.default_calendar, ['org', 'default_calendar'])];
}

function listReferences(config: ReadableConfig): readonly Reference[] {
  return conditionUses(config)
    .flatMap(({ condition, path }) => testsIn(condition, path))
    .flatMap(({ operator, argument, path }) =>
      (operator === 'in_list' || operator === 'not_in_list') && typeof argument === 'string'
        ? [reference('list', argument, path)]
        : [],
    );
}

function qualificationReferences({ qualification }: ReadableConfig): readonly Reference[] {
  return Object.entries(qualification?.outcomes ?? {}).flatMap(([outcome, effect]) =>
    target(effect?.owner, ['qualification', 'outcomes', outcome, 'owner']),
  );
}

function routingReferences({ routing }: ReadableConfig): readonly Reference[] {
  if (routing === undefined || routing === null) return [];
  const { named_account: named, matched_account: matched, pool_defaults: defaults, handoff } = routing;
  return [
    ...(routing.intake ?? []).flatMap((owner, index) => target(owner, ['routing', 'intake', index])),
    ...optional('list', named?.list, ['routing', 'named_account', 'list']),
    ...optional('list', matched?.ignore_domains, ['routing', 'matched_account', 'ignore_domains']),
    ...territoryReferences(routing.territories, ['routing', 'territories']),
    ...optional('calendar', defaults.calendar, ['routing', 'pool_defaults', 'calendar']),
    ...target(defaults.on_exhausted, ['routing', 'pool_defaults', 'on_exhausted']),
    ...Object.entries(routing.people).flatMap(([user, person]) => [
      { kind: 'user' as const, name: user, path: ['routing', 'people', user], part: 'key' as const },
      ...optional('calendar', person.calendar, ['routing', 'people', user, 'calendar']),
    ]),
    ...Object.entries(routing.pools).flatMap(([name, pool]) => [
      ...optional('calendar', pool.calendar, ['routing', 'pools', name, 'calendar']),
      ...target(pool.on_exhausted, ['routing', 'pools', name, 'on_exhausted']),
      ...pool.members.map(({ user }, index) =>
        reference('user', user, ['routing', 'pools', name, 'members', index, 'user']),
      ),
    ]),
    ...routing.fallback.flatMap((entry, index) => target(entry, ['routing', 'fallback', index])),
    ...optional('alert', handoff.alert, ['routing', 'handoff', 'alert']),
  ];
}

function territoryReferences(siblings: readonly TerritorySource[], path: Path): readonly Reference[] {
  return siblings.flatMap(({ assign, children }, index) => [
    ...target(assign, [...path, index, 'assign']),
    ...territoryReferences(children, [...path, index, 'children']),
  ]);
}

function slaReferences({ sla }: ReadableConfig): readonly Reference[] {
  if (sla === undefined || sla === null) return [];
  return [
    ...sla.touch.not_by.map((user, index) => reference('user', user, ['sla', 'touch', 'not_by', index])),
    ...sla.policies.flatMap((policy, index) => {
      const path = ['sla', 'policies', index];
      return [
        ...(policy.clock === 'assignee' ? [] : [reference('calendar', policy.clock, [...path, 'clock'])]),
        ...actionReferences(policy.on_warn, [...path, 'on_warn']),
        ...actionReferences(policy.on_breach, [...path, 'on_breach']),
        ...optional('queue', policy.reassign?.then.queue, [...path, 'reassign', 'then', 'queue']),
      ];
    }),
    ...actionReferences(sla.acceptance?.on_timeout ?? [], ['sla', 'acceptance', 'on_timeout']),
  ];
}

function actionReferences(actions: readonly SlaAction[], path: Path): readonly Reference[] {
  return actions.flatMap(({ alert, task }, index) => [
    ...optional('alert', alert, [...path, index, 'alert']),
    ...recipient(task?.to, [...path, index, 'task', 'to']),
  ]);
}

function recycleReferences({ recycle }: ReadableConfig): readonly Reference[] {
  if (recycle === undefined || recycle === null) return [];
  return [
    ...Object.entries(recycle.reasons).map(([reason, { nurture }]) =>
      reference('queue', nurture.queue, ['recycle', 'reasons', reason, 'nurture', 'queue']),
    ),
    ...optional('queue', recycle.unable_to_reach?.nurture.queue, ['recycle', 'unable_to_reach', 'nurture', 'queue']),
    ...optional('queue', recycle.archive?.owner?.queue, ['recycle', 'archive', 'owner', 'queue']),
  ];
}

function contactRoleReferences({ contact_roles: rules }: ReadableConfig): readonly Reference[] {
  if (rules === undefined || rules === null) return [];
  const calendar = rules.grace?.calendar;
  return [
    ...(calendar === 'owner' ? [] : optional('calendar', calendar, ['contact_roles', 'grace', 'calendar'])),
    ...recipient(rules.task?.to, ['contact_roles', 'task', 'to']),
    ...rules.escalate.flatMap(({ to }, index) => recipient(to, ['contact_roles', 'escalate', index, 'to'])),
  ];
}

function reportReferences({ reports = {} }: ReadableConfig): readonly Reference[] {
  return Object.entries(reports).flatMap(([name, { deliver }]) =>
    deliver.flatMap(({ alert }, index) => optional('alert', alert, ['reports', name, 'deliver', index, 'alert'])),
  );
}

function testReferences({ tests = [] }: ReadableConfig): readonly Reference[] {
  return tests.flatMap((test, index) => {
    if ('pool' in test) return [reference('pool', test.pool.id, ['tests', index, 'pool', 'id'])];
    if ('due' in test) return [reference('calendar', test.due.calendar, ['tests', index, 'due', 'calendar'])];
    if (!('sla' in test)) return [];
    return [
      reference('calendar', test.sla.calendar, ['tests', index, 'sla', 'calendar']),
      ...optional('calendar', test.sla.reassigned?.calendar, ['tests', index, 'sla', 'reassigned', 'calendar']),
    ];
  });
}

function target(to: Target | OwnerTarget | undefined, path: Path): readonly Reference[] {
  if (to === undefined) return [];
  if (to.kind === 'pool') return [reference('pool', to.pool, path)];
  return [
    to.kind === 'user'
      ? reference('user', to.user, [...path, 'user'])
      : reference('queue', to.queue, [...path, 'queue']),
  ];
}

/** Whom a task or an escalation goes to: the record's own people are no references. */
function recipient(to: string | undefined, path: Path): readonly Reference[] {
  return to === 'owner' || to === 'manager' ? [] : optional('user', to, path);
}

function optional(kind: Reference['kind'], name: string | undefined, path: Path): readonly Reference[] {
  return name === undefined ? [] : [reference(kind, name, path)];
}

function reference(kind: Reference['kind'], name: string, path: Path): Reference {
  return { kind, name, path, part: 'value' };
}
