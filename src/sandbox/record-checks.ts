import { wrongIdType } from './field-values.ts';
import { objectOfId } from './world.ts';
import type { World } from './world.ts';
import { SandboxError } from './types.ts';
import type { FieldSchema, ObjectSchema, StoredRecord } from './types.ts';

/** @throws SandboxError REQUIRED_FIELD_MISSING, all missing fields named */
export function demandRequired(schema: ObjectSchema, record: StoredRecord, before: StoredRecord | null): void {
  const missing = [...schema.fields.values()]
    .filter((field) => isMissing(field, record, before))
    .map(({ name }) => name);
  if (missing.length === 0) return;
  throw new SandboxError(
    'REQUIRED_FIELD_MISSING',
    `Required fields are missing: [${missing.join(', ')}]`,
    400,
    missing,
  );
}

function isMissing(field: FieldSchema, record: StoredRecord, before: StoredRecord | null): boolean {
  const isEditable = before === null ? field.createable : field.updateable;
  if (field.nillable || !isEditable || field.type === 'boolean') return false;
  if ((record[field.name] ?? null) !== null) return false;
  // What an old record lacks is no matter until somebody clears it.
  return before === null ? !field.defaultedOnCreate : (before[field.name] ?? null) !== null;
}

/** Checks the references that the writer names anew. @throws SandboxError of the first that cannot stand */
export function demandReferences(
  world: World,
  schema: ObjectSchema,
  record: StoredRecord,
  before: StoredRecord | null,
): void {
  for (const field of schema.fields.values()) {
    const id = record[field.name];
    if (field.type !== 'reference' || typeof id !== 'string' || before?.[field.name] === id) continue;
    demandTarget(world, schema, field, id);
    if (field.name === 'OwnerId') demandOwner(world, schema, id);
  }
}

function demandTarget(world: World, schema: ObjectSchema, field: FieldSchema, id: string): void {
  if (!field.referenceTo.includes(objectOfId(world, id) ?? '')) throw wrongIdType(field, id);
  const row = world.store.row(id);
  if (row === undefined || row.isPurged) {
    throw new SandboxError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', 400, [field.name]);
  }
  if (row.deletedAt === null && row.record['IsConverted'] !== true) return;
  if (row.deletedAt === null) throw new SandboxError('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead');
  // A role belongs to its opportunity as a detail to its master: rights on a deleted master are none.
  if (schema.name === 'OpportunityContactRole' && field.name === 'OpportunityId') {
    throw new SandboxError(
      'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
      `insufficient access rights on cross-reference id: ${id}`,
    );
  }
  throw new SandboxError('ENTITY_IS_DELETED', 'entity is deleted');
}

function demandOwner(world: World, schema: ObjectSchema, ownerId: string): void {
  const owner = world.store.row(ownerId);
  if (owner?.object === 'User' && owner.record['IsActive'] === false) {
    throw new SandboxError(
      'INACTIVE_OWNER_OR_USER',
      `operation performed with inactive user [${ownerId}] as owner of ${schema.name.toLowerCase()}`,
    );
  }
  if (owner?.object !== 'Group') return;
  const uses = world.store.liveWith('QueueSobject', 'QueueId', ownerId);
  if (owner.record['Type'] === 'Queue' && uses.some((use) => use['SobjectType'] === schema.name)) return;
  throw new SandboxError('INVALID_OPERATION', 'Queue not associated with this SObject type');
}

/** @throws SandboxError DUPLICATE_VALUE when a living record has the value of a unique field; the bin does not count */
export function demandUnique(world: World, schema: ObjectSchema, record: StoredRecord): void {
  for (const field of schema.fields.values()) {
    const value = record[field.name];
    if (!field.unique || typeof value !== 'string' || field.type === 'id') continue;
    const other = world.store.liveWith(schema.name, field.name, value).find(({ Id }) => Id !== record['Id']);
    if (other === undefined) continue;
    throw new SandboxError(
      'DUPLICATE_VALUE',
      `duplicate value found: ${field.name} duplicates value on record with id: ${String(other['Id']).slice(0, 15)}`,
    );
  }
}
