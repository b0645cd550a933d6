import type { Fields } from '../../domain/record.ts';
import { planClearedFields, planSetFields } from '../contact-roles/plan-set-fields.ts';
import type { SetSubject } from '../contact-roles/plan-set-fields.ts';
import type { CriteriaRuling, OpportunityCriteriaRules } from './decide-opportunity-criteria.ts';

/** The fields that differ from what the ruling says; null when none does. A closed deal keeps what it has. */
export function planOpportunityCriteria(
  { source }: OpportunityCriteriaRules,
  opportunity: SetSubject,
  ruling: CriteriaRuling,
): Fields | null {
  if (ruling.cause === 'opportunity_closed' || ruling.cause === 'stage_unknown') return null;
  const update =
    ruling.cause === 'out_of_scope'
      ? planClearedFields(source.set, opportunity)
      : planSetFields(source.set, (name) => valueOf(ruling, name) ?? opportunity.fields[name], opportunity);
  return Object.keys(update).length === 0 ? null : update;
}

function valueOf(ruling: CriteriaRuling, name: string): string | number | undefined {
  const values: Readonly<Record<string, string | number>> = {
    status: ruling.status,
    coverage: ruling.total === 0 ? '' : `${ruling.satisfied}/${ruling.total}`,
    satisfied: ruling.satisfied,
    total: ruling.total,
    missing: ruling.missing.join('; '),
    required_by: ruling.requiredBy ?? '',
  };
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
