import { deleteRecord, purgeRecord, undeleteRecord } from './deleting.ts';
import { convertLead } from './lead-conversion.ts';
import type { Conversion, Converted } from './lead-conversion.ts';
import { mergeRecords } from './merging.ts';
import { toLongId } from './record-ids.ts';
import { readBody } from './record-body.ts';
import type { Json } from './json.ts';
import { demandRow, saveChange, saveNew } from './saving.ts';
import { demandObject } from './world.ts';
import type { World, WriteContext } from './world.ts';

/**
 * Somebody who works in the org beside the API user. Every method is one transaction and refuses what Salesforce
 * refuses, with a SandboxError; inside a late commit it becomes a part of that transaction.
 */
export type Person = {
  readonly userId: string;
  /** Creates a record; answers its id. */
  insert(object: string, fields: Json): string;
  update(id: string, fields: Json): void;
  delete(id: string): void;
  undelete(id: string): void;
  /** Deletes for good; of a deleted record, empties it out of the bin. */
  purge(id: string): void;
  /** Merges up to two contacts, leads or accounts into the master. */
  merge(masterId: string, loserIds: readonly string[]): void;
  convertLead(leadId: string, wish?: Conversion): Converted;
};

/** The hands of a user, by id. */
export function actAs(world: World, userId: string): Person {
  const inTransaction = <T>(work: (by: WriteContext) => T): T => {
    const by = { userId, at: world.clock.now(), isApi: false, isAutoAssigned: false, allowsDuplicates: true };
    const { value, changes } = world.transactions.run(() => work(by));
    world.transactions.note(changes);
    return value;
  };
  return {
    userId,
    insert: (object, fields) =>
      inTransaction((by) => {
        const schema = demandObject(world, object, false);
        return saveNew(world, by, schema.name, readBody(world, schema, fields, 'create'));
      }),
    update: (id, fields) =>
      inTransaction((by) => {
        const schema = demandObject(world, demandRow(world, by, toLongId(id)).object, false);
        saveChange(world, by, toLongId(id), readBody(world, schema, fields, 'update'));
      }),
    delete: (id) => inTransaction((by) => deleteRecord(world, by, toLongId(id))),
    undelete: (id) => inTransaction((by) => undeleteRecord(world, by, toLongId(id))),
    purge: (id) => inTransaction((by) => purgeRecord(world, by, toLongId(id))),
    merge: (masterId, loserIds) =>
      inTransaction((by) => mergeRecords(world, by, toLongId(masterId), loserIds.map(toLongId))),
    convertLead: (leadId, wish = {}) => inTransaction((by) => convertLead(world, by, toLongId(leadId), wish)),
  };
}
