import type { FieldValue } from '../../domain/record.ts';
import type { ContactRoleRules } from './compile-contact-roles.ts';
import type { OpportunityView } from './opportunity-view.ts';

/**
 * The status that the org shows, which is the last truth when nothing is remembered (F40); null when it shows none,
 * undefined when the configuration writes the status to no field.
 */
export function readStatusFlag({ source }: ContactRoleRules, { fields }: OpportunityView): FieldValue | undefined {
  const flag = Object.entries(source.set).find(([, template]) => template === '{status}')?.[0];
  return flag === undefined ? undefined : (fields[flag] ?? null);
}
