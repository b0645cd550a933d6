import { deleteRecord } from '../deleting.ts';
import { readStamp } from '../org-clock.ts';
import { viewOrg } from '../org-view.ts';
import { hasIdForm, toLongId } from '../record-ids.ts';
import { readBody } from '../record-body.ts';
import { demandRow, saveChange, saveNew } from '../saving.ts';
import { prepareQuery } from '../soql/prepare-query.ts';
import { SandboxError } from '../types.ts';
import type { ObjectSchema } from '../types.ts';
import { demandKeyField, findByKey, upsertRecord } from '../upserting.ts';
import { seenObject } from '../world.ts';
import type { ApiCall } from './api-call.ts';
import { rootOf, runWrite, writeContextOf } from './api-call.ts';
import { notFound, readJsonObject } from './exchange.ts';
import type { Answer } from './exchange.ts';

/** `POST /sobjects/X` */
export function createOne(call: ApiCall, object: string): Answer {
  const schema = demandResource(call, object);
  const body = readJsonObject(call.request);
  const id = runWrite(call, () => {
    throwFault(call, body);
    return saveNew(call.world, writeContextOf(call), schema.name, readBody(call.world, schema, body, 'create'));
  });
  return {
    status: 201,
    body: { id, success: true, errors: [] },
    headers: { location: `${rootOf(call)}/sobjects/${schema.name}/${id}` },
  };
}

/** `PATCH /sobjects/X/id`, with `If-Unmodified-Since` when the client minds. */
export function updateOne(call: ApiCall, object: string, givenId: string): Answer {
  const schema = demandResource(call, object);
  const id = demandId(call, schema, givenId);
  const body = readJsonObject(call.request);
  runWrite(call, () => {
    throwFault(call, body);
    demandUnmodified(call, id);
    saveChange(call.world, writeContextOf(call), id, readBody(call.world, schema, body, 'update'));
  });
  return { status: 204 };
}

/** `DELETE /sobjects/X/id` */
export function deleteOne(call: ApiCall, object: string, givenId: string): Answer {
  const id = demandId(call, demandResource(call, object), givenId);
  runWrite(call, () => {
    throwFault(call, { id });
    deleteRecord(call.world, writeContextOf(call), id);
  });
  return { status: 204 };
}

/** `GET /sobjects/X/id?fields=A,B`; all fields when none are named. */
export function readOne(call: ApiCall, object: string, givenId: string): Answer {
  const schema = demandResource(call, object);
  const id = demandId(call, schema, givenId);
  demandRow(call.world, writeContextOf(call), id);
  const asked = call.request.query.get('fields')?.split(',') ?? [...schema.fields.values()].map(({ name }) => name);
  const record = renderRecord(call, schema, id, asked);
  if (record === null) throw notFound();
  return { status: 200, body: record };
}

/** `GET /sobjects/X/ExternalId/value`: 300 and the addresses when the key is not unique. */
export function readByKey(call: ApiCall, object: string, fieldName: string, value: string): Answer {
  const schema = demandResource(call, object);
  const field = demandKeyField(schema, fieldName);
  const ids = findByKey(call.world, schema, field, value);
  if (ids.length > 1) return ambiguous(call, schema, ids);
  if (ids[0] === undefined) throw notFound();
  return readOne(call, object, ids[0]);
}

/** `PATCH /sobjects/X/ExternalId/value`: 201 with `created`, 200 without, 300 when ambiguous. */
export function upsertOne(call: ApiCall, object: string, fieldName: string, value: string): Answer {
  const schema = demandResource(call, object);
  const field = demandKeyField(schema, fieldName);
  const body = readJsonObject(call.request);
  if (Object.keys(body).some((key) => key.toLowerCase() === field.name.toLowerCase())) {
    throw new SandboxError('INVALID_FIELD', `The ${field.name} field should not be specified in the sobject data.`);
  }
  const ids = findByKey(call.world, schema, field, value);
  if (ids.length > 1) return ambiguous(call, schema, ids);
  const isUpdateOnly = call.request.query.get('updateOnly') === 'true';
  const { id, created } = runWrite(call, () => {
    throwFault(call, body);
    return upsertRecord(call.world, writeContextOf(call), schema, { field, value }, body, isUpdateOnly);
  });
  const headers = created ? { location: `${rootOf(call)}/sobjects/${schema.name}/${id}` } : {};
  return { status: created ? 201 : 200, body: { id, success: true, errors: [], created }, headers };
}

/** `DELETE /sobjects/X/ExternalId/value`: 300 and the addresses when the key is not unique. */
export function deleteByKey(call: ApiCall, object: string, fieldName: string, value: string): Answer {
  const schema = demandResource(call, object);
  const ids = findByKey(call.world, schema, demandKeyField(schema, fieldName), value);
  if (ids.length > 1) return ambiguous(call, schema, ids);
  if (ids[0] === undefined) throw notFound();
  return deleteOne(call, object, ids[0]);
}

/** A record with the named fields as a query shows it; null when the user cannot see it. */
export function renderRecord(
  call: ApiCall,
  schema: ObjectSchema,
  id: string,
  fields: readonly string[],
): Record<string, unknown> | null {
  for (const field of fields) {
    if (!field.includes('.') && !schema.fields.has(field.trim().toLowerCase())) {
      throw new SandboxError('INVALID_FIELD', `No such column '${field}' on sobject of type ${schema.name}`);
    }
  }
  const text = `SELECT ${fields.join(', ')} FROM ${schema.name} WHERE Id = '${id}'`;
  return prepareQuery(text, viewOrg(call.world, call.userId), { scanAll: false }).render(id);
}

/** The object of a path. @throws SandboxError 404 NOT_FOUND, unlike a query's INVALID_TYPE */
export function demandResource(call: ApiCall, object: string): ObjectSchema {
  const schema = seenObject(call.world, object, true);
  if (schema === undefined) throw notFound();
  return schema;
}

function demandId(call: ApiCall, schema: ObjectSchema, given: string): string {
  if (!hasIdForm(given)) {
    const text = `Provided external ID field does not exist or is not accessible: ${given}`;
    throw new SandboxError('NOT_FOUND', text, 404);
  }
  const id = toLongId(given);
  const row = call.world.store.row(id);
  if (row === undefined || row.object !== schema.name || call.world.setup.unshared.has(id)) throw notFound();
  return id;
}

function demandUnmodified(call: ApiCall, id: string): void {
  const since = Date.parse(call.request.headers['if-unmodified-since'] ?? '');
  const modified = readStamp(String(call.world.store.live(id)?.['LastModifiedDate'] ?? ''));
  if (Number.isNaN(since) || modified === null || modified <= since) return;
  const text = 'Entity was modified after the date of the If-Unmodified-Since header';
  throw new SandboxError('ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE', text, 412);
}

function throwFault(call: ApiCall, row: unknown): void {
  const fault = call.rowFault(row, 0);
  if (fault !== null) throw fault;
}

function ambiguous(call: ApiCall, schema: ObjectSchema, ids: readonly string[]): Answer {
  return { status: 300, body: ids.map((id) => `${rootOf(call)}/sobjects/${schema.name}/${id}`) };
}
