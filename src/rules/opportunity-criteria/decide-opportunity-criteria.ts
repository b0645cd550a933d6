import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import { compileCondition } from '../conditions/compile-condition.ts';
import type { Predicate } from '../conditions/compile-condition.ts';
import type { Lists } from '../conditions/operator.ts';
import type { Condition } from '../conditions/schema.ts';
import { orderStages } from '../contact-roles/stage-order.ts';
import type { OrgStage, StageOrder } from '../contact-roles/stage-order.ts';
import type { OpportunityCriteria } from './schema.ts';

type Criterion = {
  /** The field that it is about, or fields joined by ` or ` where one entry combines conditions. */
  readonly name: string;
  readonly holds: Predicate['holds'];
};

/** `opportunity_criteria`, ready to decide with. */
export type OpportunityCriteriaRules = {
  readonly source: OpportunityCriteria;
  readonly scope: Predicate;
  readonly stages: StageOrder;
  /** Of each listed stage with those above it, in order of appearance. */
  readonly criteria: readonly (readonly Criterion[])[];
};

/** What is not true yet of a deal at its stage. */
export type CriteriaRuling = {
  readonly status: 'not_applicable' | 'compliant' | 'violation';
  /** Why it is not judged; null when it is. */
  readonly cause: 'opportunity_closed' | 'out_of_scope' | 'stage_unknown' | 'before_first_stage' | null;
  readonly satisfied: number;
  readonly total: number;
  /** Fields, each once, in order of appearance. */
  readonly missing: readonly string[];
  readonly requiredBy: string | null;
};

/**
 * Compiles the section once per configuration and list of stages.
 * @param stages  of the org; null when there is no org to ask
 */
export function compileOpportunityCriteria(
  source: OpportunityCriteria,
  lists: Lists,
  stages: readonly OrgStage[] | null,
): OpportunityCriteriaRules {
  const own = source.stages.map(({ require }) => compileCriteria(require, lists));
  return {
    source,
    scope: compileCondition(source.scope, lists),
    stages: orderStages(
      source.stages.map((stage) => stage.stage),
      stages,
    ),
    criteria: own.map((_, index) => own.slice(0, index + 1).flat()),
  };
}

/** Whether everything is true of a deal that its stage, and those before it, ask for. */
export function decideOpportunityCriteria(
  rules: OpportunityCriteriaRules,
  fields: Fields,
  now: Instant,
): CriteriaRuling {
  if (fields['IsClosed'] === true) return unjudged('opportunity_closed');
  if (!rules.scope.holds(fields, now)) return unjudged('out_of_scope');
  const rank = rules.stages.rankOf(String(fields['StageName'] ?? ''));
  if (rank === null) return unjudged('stage_unknown');
  const listed = rules.stages.listedAt(rank);
  if (listed === null) return unjudged('before_first_stage');
  const criteria = rules.criteria[listed] ?? [];
  const unmet = criteria.filter((criterion) => !criterion.holds(fields, now));
  return {
    status: unmet.length === 0 ? 'compliant' : 'violation',
    cause: null,
    satisfied: criteria.length - unmet.length,
    total: criteria.length,
    missing: [...new Set(unmet.map((criterion) => criterion.name))],
    requiredBy: rules.source.stages[listed]?.stage ?? null,
  };
}

function compileCriteria(require: Condition, lists: Lists): readonly Criterion[] {
  return Object.entries(require).map(([key, test]) => {
    const predicate = compileCondition({ [key]: test }, lists);
    return { name: predicate.fields.join(' or '), holds: predicate.holds };
  });
}

function unjudged(cause: Exclude<CriteriaRuling['cause'], null>): CriteriaRuling {
  return { status: 'not_applicable', cause, satisfied: 0, total: 0, missing: [], requiredBy: null };
}
