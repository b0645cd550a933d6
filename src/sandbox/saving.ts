import { automationOf } from './automation/automations.ts';
import type { Save } from './automation/object-automation.ts';
import { modificationOf } from './automation/system-writes.ts';
import { writeStamp } from './org-clock.ts';
import { demandReferences, demandRequired, demandUnique } from './record-checks.ts';
import type { Row } from './store.ts';
import { SandboxError } from './types.ts';
import type { ObjectSchema, StoredRecord } from './types.ts';
import { demandObject } from './world.ts';
import type { World, WriteContext } from './world.ts';

/**
 * Creates a record from fields that were read already, in the running transaction; answers its id.
 * The order is Salesforce's: required fields, references, own automation, the customer's rules, uniqueness, locks.
 */
export function saveNew(world: World, by: WriteContext, object: string, fields: StoredRecord): string {
  const schema = demandObject(world, object, by.isApi);
  if (!schema.createable) throw notPossible(schema, 'inserted');
  const at = writeStamp(by.at);
  const record: StoredRecord = {
    ...defaultsOf(schema, by),
    ...fields,
    Id: world.ids.next(schema.keyPrefix ?? '0XX'),
    IsDeleted: false,
    CreatedDate: at,
    CreatedById: by.userId,
    ...modificationOf(by),
  };
  demandRequired(schema, record, null);
  return store({ world, by, record, before: null }, schema, null);
}

/** Changes a record in the running transaction. Also what changes nothing is a modification and moves the stamps. */
export function saveChange(world: World, by: WriteContext, id: string, fields: StoredRecord): void {
  const row = demandRow(world, by, id);
  const schema = demandObject(world, row.object, by.isApi);
  if (!schema.updateable) throw notPossible(schema, 'updated');
  const record = { ...row.record, ...fields, ...modificationOf(by) };
  demandRequired(schema, record, row.record);
  store({ world, by, record, before: row.record }, schema, row);
}

/** The living row of an id. @throws SandboxError ENTITY_IS_DELETED, or INVALID_CROSS_REFERENCE_KEY when it never was */
export function demandRow(world: World, by: WriteContext, id: string): Row {
  const row = world.store.row(id);
  if (row === undefined || (by.isApi && world.setup.unshared.has(id))) {
    throw new SandboxError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', 404);
  }
  if (row.deletedAt !== null) throw new SandboxError('ENTITY_IS_DELETED', 'entity is deleted', 404);
  return row;
}

/** The refusal of what the API cannot do with an object at all. */
export function notPossible(schema: ObjectSchema, done: string): SandboxError {
  return new SandboxError('INVALID_TYPE_FOR_OPERATION', `entity type cannot be ${done}: ${schema.label}`);
}

function defaultsOf(schema: ObjectSchema, by: WriteContext): StoredRecord {
  const defaults: StoredRecord = {};
  for (const field of schema.fields.values()) {
    const picked = field.picklistValues.find(({ defaultValue }) => defaultValue)?.value;
    const value = field.defaultValue ?? picked ?? (field.type === 'boolean' ? false : null);
    if (value !== null) defaults[field.name] = value;
  }
  if (schema.fields.has('ownerid')) defaults['OwnerId'] = by.userId;
  return defaults;
}

function store(given: Save, schema: ObjectSchema, row: Row | null): string {
  const { world, before } = given;
  const automation = automationOf(schema.name);
  demandReferences(world, schema, given.record, before);
  automation.check?.(given);
  const derived = { ...given, record: { ...given.record, ...automation.derive?.(given) } };
  const record = runFlows(derived, schema);
  const save = { ...derived, record };
  demandRules(save, schema);
  demandUnique(world, schema, record);
  const id = String(record['Id']);
  for (const locked of [id, ...(automation.locks?.(save) ?? [])]) world.transactions.claim(locked);
  world.store.put({ object: schema.name, record, deletedAt: null, isPurged: false, deletion: row?.deletion ?? null });
  automation.after?.(save, saveNew);
  return id;
}

function runFlows({ world, by, record, before }: Save, schema: ObjectSchema): StoredRecord {
  const flows = world.setup.flows.filter(({ object }) => object === schema.name);
  return flows.reduce((saved, flow) => ({ ...saved, ...flow.change(saved, before, by) }), record);
}

function demandRules({ world, by, record, before }: Save, schema: ObjectSchema): void {
  for (const rule of world.setup.rules) {
    const refusal = rule.object === schema.name ? rule.check(record, before, by) : null;
    if (refusal !== null) throw refusal;
  }
}
