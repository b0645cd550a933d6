import type { World } from '../world.ts';
import type { ObjectAutomation, Save } from './object-automation.ts';
import { idOf } from './object-automation.ts';
import { modifyRecord, setSilently } from './system-writes.ts';

/** One primary per opportunity: a new one takes the mark off the old one. The opportunity's own stamps never move. */
export const contactRoleAutomation: ObjectAutomation = {
  locks: ({ record }) => [String(record['OpportunityId'])],
  after: keepOnePrimary,
};

function keepOnePrimary({ world, by, record }: Save): void {
  const opportunityId = String(record['OpportunityId']);
  if (record['IsPrimary'] === true) {
    for (const role of world.store.liveWith('OpportunityContactRole', 'OpportunityId', opportunityId)) {
      if (role['Id'] === record['Id'] || role['IsPrimary'] !== true) continue;
      modifyRecord(world, String(role['Id']), by, { IsPrimary: false });
    }
  }
  mirrorPrimaryContact(world, opportunityId);
}

/** `Opportunity.ContactId` shows the contact of the primary role. */
export function mirrorPrimaryContact(world: World, opportunityId: string): void {
  const roles = world.store.liveWith('OpportunityContactRole', 'OpportunityId', opportunityId);
  const primary = roles.find((role) => role['IsPrimary'] === true);
  setSilently(world, opportunityId, { ContactId: primary === undefined ? null : idOf(primary, 'ContactId') });
}
