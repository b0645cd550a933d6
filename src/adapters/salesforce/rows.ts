import { isRecordId, to18 } from '../../domain/record-id.ts';
import type { FieldValue, Row } from '../../domain/record.ts';
import { malformedAnswer } from './refusal.ts';

/**
 * A record of a query answer as one flat row: `Owner: {Email}` becomes `Owner.Email`. Dates stay strings.
 * A parent that is absent gives one null under its own name (`Owner`), and no key for the fields asked of it.
 * @throws AppError `malformed-answer` for child subqueries, which rolecall does not ask for
 */
export function flattenRecord(record: Readonly<Record<string, unknown>>): Row {
  const row: Record<string, FieldValue> = {};
  collect(record, '', row);
  const id = row['Id'];
  if (typeof id === 'string' && isRecordId(id)) row['Id'] = to18(id);
  return row;
}

function collect(record: Readonly<Record<string, unknown>>, prefix: string, row: Record<string, FieldValue>): void {
  for (const [name, value] of Object.entries(record)) {
    if (name === 'attributes') continue;
    if (isParent(value)) collect(value, `${prefix}${name}.`, row);
    else row[prefix + name] = readValue(value);
  }
}

function isParent(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readValue(value: unknown): FieldValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  throw malformedAnswer('query');
}
