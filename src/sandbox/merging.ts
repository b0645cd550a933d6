import { modifyRecord } from './automation/system-writes.ts';
import { bury } from './deleting.ts';
import { demandRow } from './saving.ts';
import { SandboxError } from './types.ts';
import { demandObject } from './world.ts';
import type { World, WriteContext } from './world.ts';

/** References that move from the losers of a merge to the master. */
const FOLLOWERS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  Contact: [
    ['OpportunityContactRole', 'ContactId'],
    ['Task', 'WhoId'],
    ['Event', 'WhoId'],
    ['CampaignMember', 'ContactId'],
  ],
  Lead: [
    ['Task', 'WhoId'],
    ['Event', 'WhoId'],
    ['CampaignMember', 'LeadId'],
  ],
  Account: [
    ['Contact', 'AccountId'],
    ['Opportunity', 'AccountId'],
    ['Task', 'WhatId'],
    ['Event', 'WhatId'],
  ],
};

/**
 * Merges up to two records into the master: the losers lie in the bin and name their master. Roles of losing contacts
 * point at the master afterwards and are not primary any more; two roles of one person on one opportunity may remain.
 */
export function mergeRecords(world: World, by: WriteContext, masterId: string, loserIds: readonly string[]): void {
  const master = demandRow(world, by, masterId);
  if (!demandObject(world, master.object, by.isApi).mergeable || loserIds.length > 2) {
    throw new SandboxError('INVALID_OPERATION', `${master.object} cannot be merged so`);
  }
  for (const loserId of loserIds) {
    const loser = demandRow(world, by, loserId);
    if (loser.object !== master.object) throw new SandboxError('INVALID_ID_FIELD', 'records to merge differ in type');
    for (const [object, field] of FOLLOWERS[master.object] ?? []) {
      for (const follower of world.store.liveWith(object, field, loserId)) {
        const isRole = object === 'OpportunityContactRole';
        modifyRecord(world, String(follower['Id']), by, {
          [field]: masterId,
          ...(isRole ? { IsPrimary: false } : {}),
        });
      }
    }
    world.transactions.claim(loserId);
    bury(world, by, loser, `merge of ${loserId}@${by.at}`, false, { MasterRecordId: masterId });
  }
  modifyRecord(world, masterId, by, {});
}
