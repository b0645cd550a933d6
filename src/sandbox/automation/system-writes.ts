import { writeStamp } from '../org-clock.ts';
import type { StoredRecord } from '../types.ts';
import type { World, WriteContext } from '../world.ts';

/** Changes fields that Salesforce keeps itself: only SystemModstamp moves, as for roll-ups and LastActivityDate. */
export function touchRecord(world: World, id: string, at: number, fields: StoredRecord): void {
  setSilently(world, id, { ...fields, SystemModstamp: writeStamp(at) });
}

/** Changes fields of a mirror or a formula: no stamp moves. */
export function setSilently(world: World, id: string, fields: StoredRecord): void {
  const row = world.store.row(id);
  if (row === undefined || row.deletedAt !== null) return;
  world.store.put({ ...row, record: { ...row.record, ...fields } });
}

/** Changes a record as a side effect of what a user did: it counts as that user's modification. */
export function modifyRecord(world: World, id: string, by: WriteContext, fields: StoredRecord): void {
  setSilently(world, id, { ...fields, ...modificationOf(by) });
}

/** The stamps of a modification. */
export function modificationOf(by: WriteContext): StoredRecord {
  const at = writeStamp(by.at);
  return { LastModifiedDate: at, LastModifiedById: by.userId, SystemModstamp: at };
}

/** Stores a new record that nobody asked for by itself, such as a history row; answers its id. */
export function addRecord(world: World, object: string, by: WriteContext, fields: StoredRecord): string {
  const schema = world.schema.get(object.toLowerCase());
  const id = world.ids.next(schema?.keyPrefix ?? '0XX');
  const stamps: StoredRecord = { ...modificationOf(by), CreatedDate: writeStamp(by.at), CreatedById: by.userId };
  const record: StoredRecord = { Id: id, IsDeleted: false };
  for (const [name, value] of Object.entries({ ...stamps, ...fields })) {
    if (schema?.fields.has(name.toLowerCase()) === true) record[name] = value;
  }
  world.store.put({ object: schema?.name ?? object, record, deletedAt: null, isPurged: false, deletion: null });
  return id;
}
