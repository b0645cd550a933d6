import type { FieldDescription } from '../domain/object-description.ts';
import { fold } from '../rules/text/fold.ts';
import { resolveField } from './describe-field.ts';
import type { Describe } from './fields-used.ts';
import type { Located } from './located.ts';
import type { Problem } from './problem.ts';
import { problemAt, suggestion } from './problem.ts';
import { valueUses } from './picklist-uses.ts';
import type { Config } from './schema.ts';

/** Whether the values that rules name are entries of their picklists. */
export function checkPicklists(config: Config, located: Located, describe: Describe): readonly Problem[] {
  const values = valueUses(config).flatMap(({ object, field, value, isWritten, path }): readonly Problem[] => {
    const resolution = resolveField(object, field, describe);
    if (resolution.kind !== 'found' || !isClosedList(object, resolution.field)) return [];
    const { picklistValues } = resolution.field;
    // Old records still hold what was deactivated, but it can no longer be written.
    const usable = picklistValues.filter(({ isActive }) => isActive || !isWritten).map((entry) => entry.value);
    if (usable.some((known) => (isWritten ? known === value : fold(known) === fold(value)))) return [];
    const message = `"${value}" is not ${isWritten ? 'an active' : 'a'} value of ${object}.${field}${suggestion(value, usable)}`;
    return [problemAt(located.locate(path), 'E_PICKLIST_VALUE', message)];
  });
  return [...values, ...roleValues(config, located, describe)];
}

/** Lists that take nothing else: restricted picklists, and the two that Salesforce keeps in tables of their own. */
function isClosedList(object: string, { name, isRestrictedPicklist, picklistValues }: FieldDescription): boolean {
  const isStatus = (object === 'Lead' && name === 'Status') || (object === 'Opportunity' && name === 'StageName');
  return (isRestrictedPicklist || isStatus) && picklistValues.length > 0;
}

/** Each role of the committee needs a value that people can choose (C7). */
function roleValues({ contact_roles: rules }: Config, located: Located, describe: Describe): readonly Problem[] {
  const role = resolveField('OpportunityContactRole', 'Role', describe);
  if (rules === null || rules.mode === 'off' || role.kind !== 'found' || role.field.picklistValues.length === 0)
    return [];
  const known = role.field.picklistValues.map(({ value }) => value);
  const folded = new Set(known.map(fold));
  return Object.entries(rules.roles).flatMap(([name, { values }]) => {
    if (!values.some((value) => folded.has(fold(value)))) {
      const message = `no value of the role "${name}" is in the picklist OpportunityContactRole.Role: add ${values.join(' or ')} there, or map another one`;
      return [problemAt(located.locate(['contact_roles', 'roles', name], 'key'), 'E_PICKLIST_VALUE', message)];
    }
    return values.flatMap((value, index) => {
      if (folded.has(fold(value))) return [];
      const message = `"${value}" is not in the picklist OpportunityContactRole.Role${suggestion(value, known)}`;
      return [problemAt(located.locate(['contact_roles', 'roles', name, 'values', index]), 'W_ROLE_VALUE', message)];
    });
  });
}
