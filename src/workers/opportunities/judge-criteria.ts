import {
  decideOpportunityCriteria,
  type OpportunityCriteriaRules,
} from '../../rules/opportunity-criteria/decide-opportunity-criteria.ts';
import { planOpportunityCriteria } from '../../rules/opportunity-criteria/plan-opportunity-criteria.ts';
import { heedUndo } from './heed-undo.ts';
import { knowStages } from './know-stages.ts';
import type { JudgedCriteria, OpportunityPass } from './opportunity-pass.ts';

/** What is not true yet of each deal of a batch. @throws AppError `E_STAGE_UNKNOWN` (fix-config) */
export async function judgeCriteria(
  compiled: OpportunityCriteriaRules,
  pass: OpportunityPass,
): Promise<readonly JudgedCriteria[]> {
  const listed = compiled.source.stages.map(({ stage }) => stage);
  const stages = await knowStages('opportunity_criteria', { listed, named: listed, known: compiled.stages }, pass);
  const rules = { ...compiled, stages };
  const fieldLengths = pass.taken.columns.lengths;
  return [...pass.records].map(([id, { fields }]) => {
    const ruling = decideOpportunityCriteria(rules, fields, pass.at);
    const update = planOpportunityCriteria(rules, { fields, fieldLengths }, ruling);
    return { id, ruling, update: heedUndo(update, fields, pass.memories.get(id) ?? null) };
  });
}
