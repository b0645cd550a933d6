import type { Committee } from '../committee.ts';
import type { Requirement } from '../requirement.ts';

/** One thing that a deal needs, and whether it is there (C11). */
export type RequirementItem = {
  readonly isSatisfied: boolean;
  /** How `{missing}` calls it when it is not. */
  readonly missing: string;
  /** Canonical roles of which somebody has to be added, in order; empty when any contact would do. */
  readonly add: readonly string[];
  /** Canonical roles whose holder has to be engaged. */
  readonly engage: readonly string[];
};

/** A kind of requirement: the items that it adds at one stage, in requirement order; none when nothing is asked. */
export type RequirementKind = (requirement: Requirement, committee: Committee) => readonly RequirementItem[];
