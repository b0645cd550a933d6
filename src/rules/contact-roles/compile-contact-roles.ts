import { compileCondition } from '../conditions/compile-condition.ts';
import type { Predicate } from '../conditions/compile-condition.ts';
import type { Lists } from '../conditions/operator.ts';
import { fold } from '../text/fold.ts';
import { compilePattern } from '../text/pattern.ts';
import { accumulateRequirements } from './requirement.ts';
import type { Requirement } from './requirement.ts';
import type { ContactRoles } from './schema.ts';
import { orderStages } from './stage-order.ts';
import type { OrgStage, StageOrder } from './stage-order.ts';

export type Tier = {
  readonly id: string;
  readonly when: Predicate;
  readonly drop: readonly string[];
  readonly maxMinContacts: number | null;
};

/** What the rules need to know from the sections `org` and `write`. */
export type CommitteeSettings = {
  /** `org.timezone`: where the days of `effective_from` and of exemptions begin and end. */
  readonly timeZone: string;
  /** `write.task_key`; null when there is none, then no tasks are made. */
  readonly taskKeyField: string | null;
  /** `write.episode`; null when the org does not keep the number. */
  readonly episodeField: string | null;
};

/** `contact_roles`, ready to decide with. */
export type ContactRoleRules = {
  readonly source: ContactRoles;
  readonly settings: CommitteeSettings;
  readonly scope: Predicate;
  readonly member: Predicate;
  readonly isExcluded: Predicate;
  readonly tiers: readonly Tier[];
  readonly stages: StageOrder;
  /** One per listed stage, in their order. */
  readonly requirements: readonly Requirement[];
  /** The canonical role of a Role value; null when none claims it. */
  readonly roleOf: (value: string) => string | null;
  readonly isIgnored: (value: string) => boolean;
  /** Whether a title hints at a canonical role. */
  readonly isTitleOf: (title: string, role: string) => boolean;
};

/**
 * Compiles the section once per configuration and list of stages.
 * @param stages  of the org; null when there is no org to ask, as in `rolecall test`
 */
export function compileContactRoles(
  source: ContactRoles,
  lists: Lists,
  stages: readonly OrgStage[] | null,
  settings: CommitteeSettings,
): ContactRoleRules {
  const ignored = new Set(source.ignore_roles.map(fold));
  const roleByValue = new Map(
    Object.entries(source.roles).flatMap(([role, { values }]) => values.map((value) => [fold(value), role] as const)),
  );
  const titlesOf = compileTitles(source.roles);
  return {
    source,
    settings,
    scope: compileCondition(source.scope, lists),
    member: compileCondition(source.member.when ?? {}, lists),
    // A list of no conditions is false: without `exclude` nobody is excluded.
    isExcluded: compileCondition(source.suggest?.exclude ?? { any: [] }, lists),
    tiers: source.tiers.map((tier) => ({
      id: tier.id,
      when: compileCondition(tier.when, lists),
      drop: tier.drop,
      maxMinContacts: tier.max_min_contacts ?? null,
    })),
    stages: orderStages(
      source.stages.map((stage) => stage.stage),
      stages,
    ),
    requirements: accumulateRequirements(source.stages),
    roleOf: (value) => roleByValue.get(fold(value)) ?? null,
    isIgnored: (value) => ignored.has(fold(value)),
    isTitleOf: (title, role) => titlesOf.get(role)?.(fold(title)) ?? false,
  };
}

function compileTitles(roles: ContactRoles['roles']): ReadonlyMap<string, (title: string) => boolean> {
  return new Map(
    Object.entries(roles).flatMap(([role, { titles }]) =>
      titles === undefined ? [] : [[role, compilePattern(titles, { isCaseSensitive: false })] as const],
    ),
  );
}
