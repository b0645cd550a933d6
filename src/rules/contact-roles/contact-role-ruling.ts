import type { Instant } from '../../domain/instant.ts';
import type { UnjudgedCause } from './pick-bar.ts';
import type { StayMemory } from './committee-memory.ts';
import type { Finding } from './finding.ts';

/** How an opportunity stands (C12). */
export type CommitteeStatus = StayMemory['status'];

/** What the rules say of one opportunity at one instant. */
export type ContactRoleRuling = {
  readonly status: CommitteeStatus;
  /** Why it is not judged; null when it is. */
  readonly cause: UnjudgedCause | null;
  readonly satisfied: number;
  readonly total: number;
  /** `4/5`; null when the opportunity is not judged. */
  readonly coverage: string | null;
  /** As `{missing}` shows it, in requirement order: roles, `contacts 1/2`, `primary`, `not engaged: ROLE`. */
  readonly missing: readonly string[];
  /** Canonical roles that nobody fills, each once, in requirement order; those of an unmet set included. */
  readonly missingRoles: readonly string[];
  /** Canonical roles whose holder has to be engaged next (C10). */
  readonly notEngaged: readonly string[];
  readonly findings: readonly Finding[];
  /** The listed stage whose requirement applies; null when none does. */
  readonly requiredBy: string | null;
  /** Id of the tier that relaxes the requirement; null when none does. */
  readonly appliedTier: string | null;
  /** From when grace is counted; null without a gap. */
  readonly gapSince: Instant | null;
  /** When `warning` becomes or became `violation`; null without a gap. */
  readonly graceEnds: Instant | null;
  /** Live contacts, each once, also when the opportunity is not judged. */
  readonly liveContacts: readonly string[];
  /** The next instant at which the ruling can change though nothing changes in the org; null when there is none. */
  readonly wakeAt: Instant | null;
  readonly stay: StayMemory;
};
