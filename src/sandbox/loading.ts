import { automationOf } from './automation/automations.ts';
import { mirrorPrimaryContact } from './automation/contact-role-automation.ts';
import { stampsFor } from './base-data.ts';
import type { SeedRecord } from './base-data.ts';
import { readStamp } from './org-clock.ts';
import { toLongId } from './record-ids.ts';
import { SandboxError } from './types.ts';
import type { ObjectSchema, StoredRecord } from './types.ts';
import { seenObject } from './world.ts';
import type { World } from './world.ts';

/**
 * Puts records into the org as they are, past every rule: with their own ids and stamps where they give them.
 * What follows from other fields is derived unless given. Answers the ids in the order of the records.
 * @throws SandboxError INVALID_TYPE or INVALID_FIELD for a name that the org does not know
 */
export function loadRecords(world: World, records: readonly SeedRecord[], userId: string): readonly string[] {
  const ids = records.map(({ object, fields }) => loadRecord(world, object, fields, userId));
  const roles = records.filter(({ object }) => object === 'OpportunityContactRole');
  for (const opportunityId of new Set(roles.map(({ fields }) => fields['OpportunityId']))) {
    mirrorPrimaryContact(world, toLongId(String(opportunityId)));
  }
  return ids;
}

function loadRecord(world: World, object: string, fields: StoredRecord, userId: string): string {
  const schema = seenObject(world, object, false);
  if (schema === undefined) throw new SandboxError('INVALID_TYPE', `sObject type '${object}' is not supported.`);
  const id = typeof fields['Id'] === 'string' ? toLongId(fields['Id']) : world.ids.next(schema.keyPrefix ?? '0XX');
  const given: StoredRecord = { ...spelled(schema, fields), Id: id };
  const bare: StoredRecord = {
    ...standing(schema, stampsFor(world, given, userId)),
    ...defaults(schema, userId),
    ...given,
  };
  const by = {
    userId,
    at: readStamp(String(bare['CreatedDate'])) ?? world.clock.now(),
    isApi: false,
    isAutoAssigned: false,
    allowsDuplicates: true,
  };
  const derived = automationOf(schema.name).derive?.({ world, by, record: bare, before: null }) ?? {};
  const record: StoredRecord = { ...bare, ...standing(schema, derived), ...given };
  const isDeleted = record['IsDeleted'] === true;
  world.store.put({
    object: schema.name,
    record,
    deletedAt: isDeleted ? readStamp(String(record['SystemModstamp'])) : null,
    isPurged: false,
    deletion: isDeleted ? id : null,
  });
  return id;
}

function spelled(schema: ObjectSchema, fields: StoredRecord): StoredRecord {
  const entries = Object.entries(fields).map(([name, value]): [string, StoredRecord[string]] => {
    const field = schema.fields.get(name.toLowerCase());
    if (field === undefined)
      throw new SandboxError('INVALID_FIELD', `No such column '${name}' on sobject of type ${schema.name}`);
    const isId = field.type === 'reference' || field.type === 'id';
    return [field.name, isId && typeof value === 'string' && value.length === 15 ? toLongId(value) : value];
  });
  return Object.fromEntries(entries);
}

/** Only those fields that the object has. */
function standing(schema: ObjectSchema, fields: StoredRecord): StoredRecord {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => schema.fields.has(name.toLowerCase())));
}

function defaults(schema: ObjectSchema, userId: string): StoredRecord {
  const found: StoredRecord = {};
  for (const field of schema.fields.values()) {
    const value = field.defaultValue ?? (field.type === 'boolean' ? false : null);
    if (value !== null) found[field.name] = value;
  }
  return schema.fields.has('ownerid') ? { ...found, OwnerId: userId } : found;
}
