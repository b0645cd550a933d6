import type { Fields, FieldValue } from '../domain/record.ts';

/**
 * The fields that the org does not show as wanted already (F32). Fields that hold the time of the decision (`stamps`)
 * are no reason to write by themselves: they go along with others, or fill a blank (Q9).
 */
export function differingFields(wanted: Fields, shown: Fields, stamps: readonly string[]): Fields {
  const differing = Object.entries(wanted).filter(([field, value]) => !isSame(value, shown[field] ?? null));
  const isDue = differing.some(([field]) => !stamps.includes(field) || (shown[field] ?? null) === null);
  return isDue ? Object.fromEntries(differing) : {};
}

/** Salesforce trims texts and stores an empty one as null. */
function isSame(wanted: FieldValue, shown: FieldValue): boolean {
  return normalise(wanted) === normalise(shown);
}

function normalise(value: FieldValue): FieldValue {
  if (typeof value !== 'string') return value;
  const trimmed = value.trim();
  return trimmed === '' ? null : trimmed;
}
