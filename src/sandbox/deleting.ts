import { modificationOf, touchRecord } from './automation/system-writes.ts';
import { demandRow, notPossible } from './saving.ts';
import type { Row } from './store.ts';
import { SandboxError } from './types.ts';
import type { StoredRecord } from './types.ts';
import { demandObject } from './world.ts';
import type { World, WriteContext } from './world.ts';

/** What goes with a deleted record: child object and the field that points at the parent. Contacts leave their roles. */
const CASCADES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  Account: [
    ['Contact', 'AccountId'],
    ['Opportunity', 'AccountId'],
    ['Task', 'WhatId'],
    ['Event', 'WhatId'],
  ],
  Opportunity: [
    ['OpportunityContactRole', 'OpportunityId'],
    ['Task', 'WhatId'],
    ['Event', 'WhatId'],
  ],
  Lead: [
    ['Task', 'WhoId'],
    ['Event', 'WhoId'],
    ['CampaignMember', 'LeadId'],
  ],
  Contact: [['CampaignMember', 'ContactId']],
  Campaign: [['CampaignMember', 'CampaignId']],
};

/**
 * Deletes a record and what goes with it. Objects that cannot be undeleted never reach the recycle bin when they
 * are deleted themselves; taken along by their parent they lie in it with the parent.
 */
export function deleteRecord(world: World, by: WriteContext, id: string): void {
  const row = demandRow(world, by, id);
  const schema = demandObject(world, row.object, by.isApi);
  if (!schema.deletable) throw notPossible(schema, 'deleted');
  if (row.object === 'Lead' && row.record['IsConverted'] === true && by.isApi) {
    throw new SandboxError('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead');
  }
  deleteWithChildren(world, by, row, `${id}@${by.at}`, !schema.undeletable);
}

function deleteWithChildren(world: World, by: WriteContext, row: Row, deletion: string, isPurged: boolean): void {
  const id = String(row.record['Id']);
  for (const [child, field] of CASCADES[row.object] ?? []) {
    for (const record of world.store.liveWith(child, field, id)) {
      const childRow = world.store.row(String(record['Id']));
      if (childRow !== undefined) deleteWithChildren(world, by, childRow, deletion, false);
    }
  }
  world.transactions.claim(id);
  bury(world, by, row, deletion, isPurged, {});
}

/** Marks one row as deleted, with more fields to set at the same time. */
export function bury(
  world: World,
  by: WriteContext,
  row: Row,
  deletion: string,
  isPurged: boolean,
  fields: StoredRecord,
): void {
  const record = { ...row.record, ...fields, ...modificationOf(by), IsDeleted: true };
  world.store.put({ ...row, record, deletedAt: by.at, isPurged, deletion });
}

/** Takes a record out of the bin together with what went with it. The children keep the stamps of their deletion. */
export function undeleteRecord(world: World, by: WriteContext, id: string): void {
  const row = world.store.row(id);
  if (row === undefined || row.isPurged || row.deletedAt === null) {
    throw new SandboxError('UNDELETE_FAILED', 'Entity is not in the recycle bin');
  }
  for (const schema of world.schema.values()) {
    for (const other of world.store.rows(schema.name)) {
      if (other.deletion !== row.deletion || other.deletedAt === null || other.isPurged) continue;
      world.store.put({ ...other, record: { ...other.record, IsDeleted: false }, deletedAt: null, deletion: null });
    }
  }
  touchRecord(world, id, by.at, modificationOf(by));
}

/** Empties a deleted record out of the bin, or deletes a living one for good: only the delete log still knows it. */
export function purgeRecord(world: World, by: WriteContext, id: string): void {
  if (world.store.live(id) !== undefined) deleteRecord(world, by, id);
  const row = world.store.row(id);
  if (row !== undefined) world.store.put({ ...row, isPurged: true });
}
