import type { ContactRoles } from './schema.ts';

type Stage = ContactRoles['stages'][number];

/** What a deal needs at one listed stage, with all that the stages above it asked for. */
export type Requirement = {
  /** The listed stage that it is of. */
  readonly stage: string;
  readonly minContacts: number;
  readonly needsPrimary: boolean;
  /** Canonical roles, each once, in order of appearance. */
  readonly roles: readonly string[];
  /** Sets of roles, one of each set is enough. */
  readonly anyOf: readonly (readonly string[])[];
  readonly engaged: readonly string[];
  /** Whether one person can fill only one role. */
  readonly isDistinct: boolean;
};

const NOTHING: Requirement = {
  stage: '',
  minContacts: 0,
  needsPrimary: false,
  roles: [],
  anyOf: [],
  engaged: [],
  isDistinct: false,
};

/** The requirement of each listed stage, in their order (C3). */
export function accumulateRequirements(stages: readonly Stage[]): readonly Requirement[] {
  let sofar = NOTHING;
  return stages.map((stage) => (sofar = addStage(sofar, stage)));
}

function addStage(sofar: Requirement, stage: Stage): Requirement {
  return {
    stage: stage.stage,
    minContacts: Math.max(sofar.minContacts, stage.min_contacts ?? 0),
    needsPrimary: sofar.needsPrimary || stage.primary === true,
    roles: union(sofar.roles, stage.require ?? []),
    anyOf: [...new Map([...sofar.anyOf, ...(stage.any_of ?? [])].map((set) => [set.toSorted().join(), set])).values()],
    engaged: union(sofar.engaged, stage.engaged ?? []),
    isDistinct: sofar.isDistinct || stage.distinct_people === true,
  };
}

function union(left: readonly string[], right: readonly string[]): readonly string[] {
  return [...new Set([...left, ...right])];
}

/** What a tier leaves of a requirement (C4). Sets of `any_of` stay as they are: a shorter set would ask for more. */
export function relaxRequirement(
  requirement: Requirement,
  tier: { readonly drop: readonly string[]; readonly maxMinContacts: number | null },
): Requirement {
  const isKept = (role: string): boolean => !tier.drop.includes(role);
  return {
    ...requirement,
    minContacts: Math.min(requirement.minContacts, tier.maxMinContacts ?? requirement.minContacts),
    roles: requirement.roles.filter(isKept),
    engaged: requirement.engaged.filter(isKept),
  };
}
