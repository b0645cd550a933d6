import { readBody } from './record-body.ts';
import type { Json } from './json.ts';
import { saveChange, saveNew } from './saving.ts';
import { SandboxError } from './types.ts';
import type { FieldSchema, ObjectSchema } from './types.ts';
import type { World, WriteContext } from './world.ts';

/** The external id field that a path names. @throws SandboxError 404 NOT_FOUND */
export function demandKeyField(schema: ObjectSchema, name: string): FieldSchema {
  const field = schema.fields.get(name.toLowerCase());
  if (field !== undefined && (field.externalId || field.idLookup || field.type === 'id')) return field;
  throw new SandboxError('NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${name}`, 404);
}

/** Ids of the living records with the key; more than one when the field is not unique. */
export function findByKey(world: World, schema: ObjectSchema, field: FieldSchema, value: string): readonly string[] {
  if (field.type === 'id') return world.store.live(value) === undefined ? [] : [value];
  return world.store.liveWith(schema.name, field.name, value).map((record) => String(record['Id']));
}

/**
 * Updates the one record with the key or creates it, in the running transaction. The recycle bin does not count.
 * @throws SandboxError 300 when several records have the key
 */
export function upsertRecord(
  world: World,
  by: WriteContext,
  schema: ObjectSchema,
  key: { readonly field: FieldSchema; readonly value: string },
  body: Json,
  isUpdateOnly = false,
): { readonly id: string; readonly created: boolean } {
  const { field, value } = key;
  const found = findByKey(world, schema, field, value);
  if (found.length > 1) {
    const text = `${field.name}: more than one record found for external id field: [${found.join(', ')}]`;
    throw new SandboxError('DUPLICATE_EXTERNAL_ID', text, 300);
  }
  const id = found[0];
  if (id !== undefined) {
    saveChange(world, by, id, readBody(world, schema, body, 'update', field.name));
    return { id, created: false };
  }
  if (isUpdateOnly) throw new SandboxError('NOT_FOUND', 'The requested resource does not exist', 404);
  const fields = readBody(world, schema, { ...body, [field.name]: value }, 'create');
  return { id: saveNew(world, by, schema.name, fields), created: true };
}
