import type { FieldValue } from '../../domain/record.ts';
import type { ContactRoleRules } from './compile-contact-roles.ts';
import type { OpportunityView } from './opportunity-view.ts';

/**
 * The status that the org shows, which is the last truth when nothing is remembered (F40); null when it shows none,
 * undefined when the configuration writes the status to no field.
 */
export function readStatusFlag(rules: ContactRoleRules, { fields }: OpportunityView): FieldValue | undefined {
  const flag = statusFlag(rules);
  return flag === null ? undefined : (fields[flag] ?? null);
}

/** The field that the configuration writes the status to; null when there is none. */
export function statusFlag({ source }: ContactRoleRules): string | null {
  return Object.entries(source.set).find(([, template]) => template === '{status}')?.[0] ?? null;
}
