import type { ObjectDescription } from '../domain/object-description.ts';
import type { NamedObject } from './condition-uses.ts';
import { resolveField } from './describe-field.ts';
import { fieldUses } from './field-uses.ts';
import type { Config } from './schema.ts';

/** Describes an object of the org as the integration user sees it; undefined where it was not asked for. */
export type Describe = (object: string) => ObjectDescription | undefined;

/**
 * The fields that the configuration reads or writes, by object: API names and relationship paths, each once, sorted.
 * What the program needs besides, whatever the configuration, is not among them.
 * @param describe  leaves out what the org has not and need not have, as `CountryCode` beside `Country`;
 *   without it everything that is named comes back
 */
export function fieldsUsed(config: Config, describe?: Describe): Readonly<Record<NamedObject, readonly string[]>> {
  const fields: Record<NamedObject, Set<string>> = {
    Lead: new Set(),
    Account: new Set(),
    Task: new Set(),
    Event: new Set(),
    Opportunity: new Set(),
    OpportunityContactRole: new Set(),
  };
  for (const { object, field, isOptional } of fieldUses(config)) {
    const isAbsent = isOptional && describe !== undefined && resolveField(object, field, describe).kind === 'unknown';
    if (!isAbsent) fields[object].add(field);
  }
  return {
    Lead: [...fields.Lead].sort(),
    Account: [...fields.Account].sort(),
    Task: [...fields.Task].sort(),
    Event: [...fields.Event].sort(),
    Opportunity: [...fields.Opportunity].sort(),
    OpportunityContactRole: [...fields.OpportunityContactRole].sort(),
  };
}
