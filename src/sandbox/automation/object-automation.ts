import type { StoredRecord } from '../types.ts';
import type { World, WriteContext } from '../world.ts';

/** A save in progress: the record as it will be stored, and as it was (null on a create). */
export type Save = {
  readonly world: World;
  readonly by: WriteContext;
  readonly record: StoredRecord;
  readonly before: StoredRecord | null;
};

/** Saves one more record in the same transaction, by every rule; answers its id. */
export type SaveNew = (world: World, by: WriteContext, object: string, fields: StoredRecord) => string;

/** What Salesforce itself does when a record of one object is saved. Each part may be left out. */
export type ObjectAutomation = {
  /** @throws SandboxError when Salesforce refuses the save */
  readonly check?: (save: Save) => void;
  /** The fields that follow from others. */
  readonly derive?: (save: Save) => StoredRecord;
  /** Ids of the rows that are locked with it. */
  readonly locks?: (save: Save) => readonly string[];
  /** What else is written in the same transaction. */
  readonly after?: (save: Save, saveNew: SaveNew) => void;
};

/** Whether a field has another value than before; always true on a create that gives it one. */
export function hasChanged({ record, before }: Save, field: string): boolean {
  return (record[field] ?? null) !== (before?.[field] ?? null);
}

/** A text field of a record, mostly a reference; null when it is empty. */
export function idOf(record: StoredRecord, field: string): string | null {
  const id = record[field];
  return typeof id === 'string' ? id : null;
}
