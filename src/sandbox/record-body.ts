import { readFieldValue } from './field-values.ts';
import { isJson } from './json.ts';
import type { Json } from './json.ts';
import type { World } from './world.ts';
import { demandObject } from './world.ts';
import { SandboxError } from './types.ts';
import type { FieldSchema, ObjectSchema, StoredRecord } from './types.ts';

/**
 * The fields of a body under their exact names, checked one by one against the schema that the writer sees.
 * `attributes` and the id are no fields; `skip` names a key that addresses the record.
 * @throws SandboxError INVALID_FIELD, INVALID_FIELD_FOR_INSERT_UPDATE, and those of readFieldValue
 */
export function readBody(
  world: World,
  schema: ObjectSchema,
  body: Json,
  mode: 'create' | 'update',
  skip: string | null = null,
): StoredRecord {
  const record: StoredRecord = {};
  const refused: string[] = [];
  for (const [key, given] of Object.entries(body)) {
    if (key === 'attributes' || key === skip) continue;
    if (key.toLowerCase() === 'id') {
      if (mode === 'update' || given === null) continue;
      throw new SandboxError('INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', 400, ['Id']);
    }
    const { field, value } = resolveKey(world, schema, key, given);
    const isWriteable = mode === 'create' ? field.createable : field.updateable;
    if (isWriteable) record[field.name] = readFieldValue(field, value);
    else refused.push(field.name);
  }
  if (refused.length > 0) throw notWriteable(refused);
  return record;
}

/** A plain field, or `Relationship: { ExternalId: value }` which names its target by an external id. */
function resolveKey(
  world: World,
  schema: ObjectSchema,
  key: string,
  given: unknown,
): { readonly field: FieldSchema; readonly value: unknown } {
  const field = schema.fields.get(key.toLowerCase());
  if (field !== undefined) return { field, value: given };
  const reference = [...schema.fields.values()].find(
    ({ relationshipName }) => relationshipName?.toLowerCase() === key.toLowerCase(),
  );
  if (reference === undefined) {
    throw new SandboxError('INVALID_FIELD', `No such column '${key}' on sobject of type ${schema.name}`);
  }
  return { field: reference, value: isJson(given) ? findByExternalId(world, reference, given) : given };
}

function findByExternalId(world: World, reference: FieldSchema, target: Json): string {
  const type = isJson(target['attributes']) ? target['attributes']['type'] : undefined;
  if (reference.referenceTo.length > 1 && typeof type !== 'string') throw attributesMissing();
  const object = typeof type === 'string' ? type : (reference.referenceTo[0] ?? '');
  const keys = Object.keys(target).filter((key) => key !== 'attributes');
  const key = keys[0] ?? '';
  const field = demandObject(world, object, true).fields.get(key.toLowerCase());
  if (keys.length !== 1 || field === undefined || !(field.externalId || field.idLookup)) {
    throw new SandboxError(
      'INVALID_FIELD',
      `Foreign key external ID: ${key} is not an external ID field for ${object}`,
    );
  }
  const found = world.store.liveWith(object, field.name, String(target[key]));
  if (found.length === 1) return String(found[0]!['Id']);
  const code = found.length === 0 ? 'INVALID_FIELD' : 'DUPLICATE_EXTERNAL_ID';
  const problem = found.length === 0 ? 'not found' : 'more than one record found';
  throw new SandboxError(
    code,
    `Foreign key external ID: ${String(target[key])} ${problem} for field ${key} in entity ${object}`,
  );
}

/** The refusal of a record or a reference that does not say its type. */
export function attributesMissing(): SandboxError {
  return new SandboxError(
    'JSON_PARSER_ERROR',
    'Nested object for polymorphic foreign key must have an attributes field before any other fields.',
  );
}

function notWriteable(names: readonly string[]): SandboxError {
  return new SandboxError(
    'INVALID_FIELD_FOR_INSERT_UPDATE',
    `Unable to create/update fields: ${names.join(', ')}. Please check the security settings of this field and ` +
      'verify that it is read/write for your profile or permission set.',
    400,
    names,
  );
}
