import type { Fields, FieldValue } from '../../domain/record.ts';
import { renderValue } from '../template.ts';
import type { TemplateValues } from '../template.ts';
import type { SetEntries } from './set-entries.ts';

/** The record that `set` is about: its fields as the org has them, and the lengths of those that hold text. */
export type SetSubject = { readonly fields: Fields; readonly fieldLengths: ReadonlyMap<string, number> };

/** The fields whose value would change, with the new value, cut at the field's length (F32, C17). */
export function planSetFields(set: SetEntries, values: TemplateValues, subject: SetSubject): Fields {
  return changedFields(set, subject, (template, field) => {
    const value = renderValue(template, values);
    return typeof value === 'string' ? fitText(value, subject.fieldLengths.get(field) ?? 255) : value;
  });
}

/** The same fields made blank, where they are not. */
export function planClearedFields(set: SetEntries, subject: SetSubject): Fields {
  // A checkbox knows no blank.
  return changedFields(set, subject, (_, field) => (typeof subject.fields[field] === 'boolean' ? false : null));
}

function changedFields(
  set: SetEntries,
  { fields }: SetSubject,
  valueOf: (template: string, field: string) => FieldValue,
): Fields {
  const wanted = Object.entries(set).map(([field, template]) => [field, valueOf(template, field)] as const);
  return Object.fromEntries(wanted.filter(([field, value]) => !isSame(fields[field], value)));
}

/** A number field shows `4` for a template that says "4". */
function isSame(actual: FieldValue | undefined, wanted: FieldValue): boolean {
  return String(actual ?? '') === String(wanted ?? '');
}

/** Salesforce drops blanks at the end of a text: left there, they would be written again for ever. */
function fitText(text: string, length: number): string | null {
  const cut = text.slice(0, length);
  // Half a character beyond the basic plane is no text that Salesforce takes.
  const whole = /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
  return whole.trim() === '' ? null : whole.trim();
}
