import { textOf } from './json.ts';
import { readStamp, writeStamp } from './org-clock.ts';
import { hasIdForm, toLongId } from './record-ids.ts';
import { SandboxError } from './types.ts';
import type { FieldSchema, SandboxValue } from './types.ts';

const TEXT_TYPES = new Set(['string', 'picklist', 'combobox', 'phone', 'url', 'textarea', 'email', 'multipicklist']);
const NUMBER_TYPES = new Set(['int', 'double', 'currency', 'percent']);

/**
 * Reads one value of a JSON body as the field stores it: text trimmed and never empty, stamps in whole seconds, ids long.
 * @throws SandboxError with the code and the text of Salesforce
 */
export function readFieldValue(field: FieldSchema, given: unknown): SandboxValue {
  if (given === null || given === undefined) return readNull(field);
  if (typeof given === 'object') throw cannotRead(field, Array.isArray(given) ? 'START_ARRAY' : 'START_OBJECT', '{');
  if (field.type === 'boolean') return readBoolean(field, given);
  if (NUMBER_TYPES.has(field.type)) return readNumber(field, given);
  if (field.type === 'date') return readDate(field, given);
  if (field.type === 'datetime') return readDateTime(field, given);
  if (field.type === 'reference' || field.type === 'id') return readReference(field, given);
  if (TEXT_TYPES.has(field.type)) return readText(field, textOf(given));
  throw cannotRead(field, tokenOf(given), textOf(given));
}

function readNull(field: FieldSchema): null {
  if (field.type !== 'boolean') return null;
  throw new SandboxError('INVALID_TYPE_ON_FIELD_IN_RECORD', `${field.label}: value not of required type: `, 400, [
    field.name,
  ]);
}

function readBoolean(field: FieldSchema, given: unknown): boolean {
  if (typeof given === 'boolean') return given;
  if (given === 'true' || given === 'false') return given === 'true';
  throw cannotRead(field, tokenOf(given), textOf(given));
}

function readNumber(field: FieldSchema, given: unknown): number {
  const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw cannotRead(field, tokenOf(given), textOf(given));
  if (field.type === 'int' && !Number.isInteger(value)) throw cannotRead(field, 'VALUE_NUMBER_FLOAT', String(given));
  const digits = field.precision - field.scale;
  if (field.precision > 0 && Math.abs(value) >= 10 ** digits) {
    throw new SandboxError(
      'NUMBER_OUTSIDE_VALID_RANGE',
      `${field.label}: value outside of valid range on numeric field: ${value}`,
      400,
      [field.name],
    );
  }
  return Number(value.toFixed(field.scale));
}

function readDate(field: FieldSchema, given: unknown): string {
  const isDay = typeof given === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(given);
  const at = isDay ? Date.parse(`${given}T00:00:00Z`) : Number.NaN;
  // 31 February parses, as a day of March: only what reads back the same is a day.
  if (isDay && !Number.isNaN(at) && new Date(at).toISOString().startsWith(given)) return given;
  throw cannotRead(field, tokenOf(given), textOf(given));
}

function readDateTime(field: FieldSchema, given: unknown): string {
  const at = typeof given === 'string' ? readStamp(given) : null;
  if (at === null) throw cannotRead(field, tokenOf(given), textOf(given));
  return writeStamp(at);
}

function readReference(field: FieldSchema, given: unknown): string | null {
  const id = String(given).trim();
  if (id === '') return null;
  if (!hasIdForm(id) || (id.length === 18 && toLongId(id) !== id)) throw wrongIdType(field, id);
  return toLongId(id);
}

/** An id that is none, or of an object the field does not refer to. */
export function wrongIdType(field: FieldSchema, id: string): SandboxError {
  return new SandboxError('MALFORMED_ID', `${field.label}: id value of incorrect type: ${id}`, 400, [field.name]);
}

function readText(field: FieldSchema, given: string): string | null {
  const text = given.trim();
  if (text === '') return null;
  if (field.length > 0 && text.length > field.length) {
    throw new SandboxError(
      'STRING_TOO_LONG',
      `${field.label}: data value too large: ${text} (max length=${field.length})`,
      400,
      [field.name],
    );
  }
  if (field.type === 'email' && !/^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(text)) {
    throw new SandboxError('INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${text}`, 400, [
      field.name,
    ]);
  }
  if (field.restrictedPicklist) return readPicklist(field, text);
  return text;
}

function readPicklist(field: FieldSchema, text: string): string {
  const chosen = field.type === 'multipicklist' ? text.split(';') : [text];
  const values = chosen.map((one) => {
    const entry = field.picklistValues.find(({ value }) => value.toLowerCase() === one.trim().toLowerCase());
    if (entry?.active !== true) {
      throw new SandboxError(
        'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
        `${field.label}: bad value for restricted picklist field: ${one}`,
        400,
        [field.name],
      );
    }
    return entry.value;
  });
  return values.join(';');
}

function tokenOf(given: unknown): string {
  if (typeof given === 'string') return 'VALUE_STRING';
  if (typeof given === 'boolean') return given ? 'VALUE_TRUE' : 'VALUE_FALSE';
  return Number.isInteger(given) ? 'VALUE_NUMBER_INT' : 'VALUE_NUMBER_FLOAT';
}

function cannotRead(field: FieldSchema, token: string, text: string): SandboxError {
  const type = field.type === 'currency' || field.type === 'percent' ? 'double' : field.type;
  return new SandboxError(
    'JSON_PARSER_ERROR',
    `Cannot deserialize instance of ${type} from ${token} value ${text} or request may be missing a required field ` +
      `at [line:1, column:1]`,
  );
}
