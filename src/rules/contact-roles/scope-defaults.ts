import type { Fields, FieldValue } from '../../domain/record.ts';
import type { Condition } from '../conditions/schema.ts';

/**
 * Field values that pass the plain entries of a scope: a scalar itself, the first of a list. An example of the rules
 * (`tests:`) may leave these fields out and is about an opportunity in scope.
 */
export function scopeDefaults(scope: Condition): Fields {
  const values = Object.entries(scope).map(([field, test]) => [field, Array.isArray(test) ? test[0] : test] as const);
  return Object.fromEntries(values.filter((entry): entry is [string, FieldValue] => isScalar(entry[1])));
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
