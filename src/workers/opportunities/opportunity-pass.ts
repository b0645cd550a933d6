import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import type { Memory } from '../../ports.ts';
import type { ContactRoleRuling } from '../../rules/contact-roles/contact-role-ruling.ts';
import type { OpportunityView } from '../../rules/contact-roles/opportunity-view.ts';
import type { OpportunityPlan } from '../../rules/contact-roles/plan-opportunity.ts';
import type { CriteriaRuling } from '../../rules/opportunity-criteria/decide-opportunity-criteria.ts';
import type { OpportunityRecord } from './load-opportunities.ts';
import type { Frame, WorkWorld } from '../work-world.ts';

/** One batch: the frame that it keeps, what the org shows, what was remembered, and the instant of its decisions. */
export type OpportunityPass = WorkWorld & {
  readonly taken: Frame;
  /** By id; those that are gone are missing. */
  readonly records: ReadonlyMap<string, OpportunityRecord>;
  readonly memories: ReadonlyMap<string, Memory | null>;
  readonly at: Instant;
  /** Of the monotonic timer. */
  readonly begun: number;
  readonly signal: AbortSignal;
};

/** What the rules say of an opportunity's committee, and what is to be done about it. */
export type JudgedCommittee = {
  readonly id: string;
  readonly view: OpportunityView;
  readonly ruling: ContactRoleRuling;
  /** Without the task of one that waits for a slot. */
  readonly plan: OpportunityPlan;
  /** Its owner has as many open tasks as may be (C18): the flags stand, the task comes later. */
  readonly waits: boolean;
  /** The task that an escalation makes; null when none is due. */
  readonly escalation: Fields | null;
};

/** What the rules say of the deal itself. */
export type JudgedCriteria = {
  readonly id: string;
  readonly ruling: CriteriaRuling;
  /** Fields that differ; null when none does. */
  readonly update: Fields | null;
};

/** Both modules of one batch; a module that is off judges nothing. */
export type JudgedBatch = {
  readonly committees: readonly JudgedCommittee[];
  readonly criteria: readonly JudgedCriteria[];
};
