import { deleteRecord } from '../deleting.ts';
import { hasIdForm, toLongId } from '../record-ids.ts';
import { isJson, textOf } from '../json.ts';
import { attributesMissing, readBody } from '../record-body.ts';
import type { Json } from '../json.ts';
import { demandRow, saveChange, saveNew } from '../saving.ts';
import { SandboxError } from '../types.ts';
import type { ObjectSchema } from '../types.ts';
import { demandKeyField, upsertRecord } from '../upserting.ts';
import { demandObject } from '../world.ts';
import type { WriteContext } from '../world.ts';
import type { ApiCall } from './api-call.ts';
import { runWrite, writeContextOf } from './api-call.ts';
import { readJsonObject, rowError } from './exchange.ts';
import type { Answer } from './exchange.ts';
import { demandResource, renderRecord } from './record-resource.ts';

const MOST_RECORDS = 200;
const MOST_TO_RETRIEVE = 2000;
const MOST_CHUNKS = 10;

type RowResult = { readonly isApplied: boolean; readonly body: Json };

/** `POST /composite/sobjects` */
export function createMany(call: ApiCall): Answer {
  return writeRows(call, readRecords(call), (by, row) => {
    const schema = demandTypeOf(call, row);
    return { id: saveNew(call.world, by, schema.name, readBody(call.world, schema, row, 'create')) };
  });
}

/** `PATCH /composite/sobjects` */
export function updateMany(call: ApiCall): Answer {
  const records = readRecords(call);
  demandDistinctIds(records);
  return writeRows(call, records, (by, row) => {
    const schema = demandTypeOf(call, row);
    const id = readRowId(schema, row);
    if (demandRow(call.world, by, id).object !== schema.name) throw wrongId(schema, id);
    saveChange(call.world, by, id, readBody(call.world, schema, row, 'update'));
    return { id };
  });
}

/** `PATCH /composite/sobjects/X/ExternalId` */
export function upsertMany(call: ApiCall, object: string, fieldName: string): Answer {
  const schema = demandResource(call, object);
  const field = demandKeyField(schema, fieldName);
  return writeRows(call, readRecords(call), (by, row) => {
    if (demandTypeOf(call, row).name !== schema.name) {
      throw new SandboxError('INVALID_TYPE', `records must be of type ${schema.name}`);
    }
    const key = Object.keys(row).find((name) => name.toLowerCase() === field.name.toLowerCase());
    const value = key === undefined ? null : row[key];
    if (field.type === 'id') return upsertById(call, by, schema, row, value);
    if (key === undefined || value === null || value === '') {
      throw new SandboxError('MISSING_ARGUMENT', `${field.name} not specified`);
    }
    const { [key]: _key, ...body } = row;
    return upsertRecord(call.world, by, schema, { field, value: textOf(value) }, body);
  });
}

function upsertById(call: ApiCall, by: WriteContext, schema: ObjectSchema, row: Json, given: unknown): Json {
  if (typeof given !== 'string' || given === '') {
    return { id: saveNew(call.world, by, schema.name, readBody(call.world, schema, row, 'create')), created: true };
  }
  const id = readRowId(schema, row);
  saveChange(call.world, by, id, readBody(call.world, schema, row, 'update'));
  return { id, created: false };
}

/** `DELETE /composite/sobjects?ids=…&allOrNone=…` */
export function deleteMany(call: ApiCall): Answer {
  const { query } = call.request;
  const ids = (query.get('ids') ?? '').split(',').filter((id) => id !== '');
  demandCount(ids.length, MOST_RECORDS);
  const rows = { records: ids.map((id) => ({ id })), isAllOrNone: query.get('allOrNone') === 'true' };
  return writeRows(call, rows, (by, row) => {
    const given = String(row['id']);
    if (!hasIdForm(given)) throw new SandboxError('MALFORMED_ID', `malformed id ${given}`);
    const id = toLongId(given);
    deleteRecord(call.world, by, id);
    return { id };
  });
}

/** `GET` and `POST /composite/sobjects/X`: in the order of the ids, null for what is missing. */
export function retrieveMany(call: ApiCall, object: string): Answer {
  const schema = demandResource(call, object);
  const asked = call.request.method === 'GET' ? fromQuery(call.request.query) : readJsonObject(call.request);
  const { ids, fields } = asked;
  if (!isListOfText(ids) || !isListOfText(fields)) {
    throw new SandboxError('JSON_PARSER_ERROR', 'ids and fields must be lists');
  }
  demandCount(ids.length, MOST_TO_RETRIEVE);
  return {
    status: 200,
    body: ids.map((id) => {
      if (!hasIdForm(id))
        throw new SandboxError('MALFORMED_ID', `${schema.label} ID: id value of incorrect type: ${id}`);
      return renderRecord(call, schema, toLongId(id), fields);
    }),
  };
}

function fromQuery(query: URLSearchParams): Json {
  return { ids: query.get('ids')?.split(','), fields: query.get('fields')?.split(',') };
}

function readRecords(call: ApiCall): { readonly records: readonly Json[]; readonly isAllOrNone: boolean } {
  const { records, allOrNone } = readJsonObject(call.request);
  if (!Array.isArray(records) || !records.every(isJson)) {
    throw new SandboxError('JSON_PARSER_ERROR', 'records must be a list of objects');
  }
  demandCount(records.length, MOST_RECORDS);
  const types = records.map((row) => typeNameOf(row)?.toLowerCase());
  if (types.filter((type, index) => type !== types[index - 1]).length > MOST_CHUNKS) {
    const text = `Cannot have more than ${MOST_CHUNKS} chunks in a single operation. Please rearrange the data to reduce chunking.`;
    throw new SandboxError('LIMIT_EXCEEDED', text);
  }
  return { records, isAllOrNone: allOrNone === true };
}

function writeRows(
  call: ApiCall,
  { records, isAllOrNone }: { readonly records: readonly Json[]; readonly isAllOrNone: boolean },
  write: (by: WriteContext, row: Json) => Json,
): Answer {
  const by = writeContextOf(call);
  const results = runWrite(call, () => {
    const savepoint = call.world.store.savepoint();
    const rows = records.map((row, index) => writeRow(call, row, index, (one) => write(by, one)));
    if (!isAllOrNone || rows.every(({ isApplied }) => isApplied)) return rows;
    call.world.store.rollbackTo(savepoint);
    return rows.map((row) => (row.isApplied ? rolledBack() : row));
  });
  return { status: 200, body: results.map(({ body }) => body) };
}

function writeRow(call: ApiCall, row: Json, index: number, write: (row: Json) => Json): RowResult {
  try {
    const { id, ...rest } = call.world.transactions.attempt(() => {
      const fault = call.rowFault(row, index);
      if (fault !== null) throw fault;
      return write(row);
    });
    return { isApplied: true, body: { id, success: true, errors: [], ...rest } };
  } catch (cause) {
    return { isApplied: false, body: { success: false, errors: [rowError(cause)] } };
  }
}

function rolledBack(): RowResult {
  const text = 'Record rolled back because not all records were valid and the request was using AllOrNone header';
  const error = rowError(new SandboxError('ALL_OR_NONE_OPERATION_ROLLED_BACK', text));
  return { isApplied: false, body: { success: false, errors: [error] } };
}

function typeNameOf(row: Json): string | undefined {
  const attributes = row['attributes'];
  return isJson(attributes) && typeof attributes['type'] === 'string' ? attributes['type'] : undefined;
}

function demandTypeOf(call: ApiCall, row: Json): ObjectSchema {
  const type = typeNameOf(row);
  if (type === undefined) throw attributesMissing();
  return demandObject(call.world, type, true);
}

function readRowId(schema: ObjectSchema, row: Json): string {
  const key = Object.keys(row).find((name) => name.toLowerCase() === 'id');
  const given = key === undefined ? undefined : row[key];
  if (given === undefined || given === null || given === '') {
    throw new SandboxError('MISSING_ARGUMENT', 'Id not specified in an update call');
  }
  if (typeof given !== 'string' || !hasIdForm(given)) throw wrongId(schema, textOf(given));
  const id = toLongId(given);
  if (schema.keyPrefix !== null && !id.startsWith(schema.keyPrefix)) throw wrongId(schema, id);
  return id;
}

function wrongId(schema: ObjectSchema, id: string): SandboxError {
  return new SandboxError('MALFORMED_ID', `${schema.label} ID: id value of incorrect type: ${id}`, 400, ['Id']);
}

function demandDistinctIds({ records }: { readonly records: readonly Json[] }): void {
  const seen = new Set<string>();
  for (const row of records) {
    const given = row['id'] ?? row['Id'];
    if (typeof given !== 'string' || !hasIdForm(given)) continue;
    if (seen.has(toLongId(given))) throw new SandboxError('DUPLICATE_VALUE', `duplicate id in list: ${given}`);
    seen.add(toLongId(given));
  }
}

function demandCount(count: number, most: number): void {
  if (count <= most) return;
  const text = `record limit reached. cannot submit more than ${most} records in this call`;
  throw new SandboxError('EXCEEDED_ID_LIMIT', text);
}

function isListOfText(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
