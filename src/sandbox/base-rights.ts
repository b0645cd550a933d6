import type { SeedRecord } from './base-data.ts';
import { USER_PERMISSIONS } from './schema/objects/rights.ts';
import type { World } from './world.ts';

const PERMISSION_SET = '0PSbX0000000001AAA';

/** What the API user may do in a fresh org: no more than an integration user should. Nothing where the seed says it. */
export function baseRights(world: World, userId: string): readonly SeedRecord[] {
  const [first] = world.store.rows('UserPermissionAccess');
  if (first !== undefined) return [];
  const held = new Set(['ApiEnabled', 'TransferAnyLead', 'EditTask']);
  const permissions = USER_PERMISSIONS.map((name) => [`Permissions${name}`, held.has(name)]);
  return [
    { object: 'UserPermissionAccess', fields: Object.fromEntries(permissions) },
    { object: 'PermissionSetAssignment', fields: { PermissionSetId: PERMISSION_SET, AssigneeId: userId } },
    ...Object.entries(GRANTS).map(([object, rights]) => grant(object, rights)),
  ];
}

const GRANTS: Readonly<Record<string, readonly string[]>> = {
  Account: ['Read', 'ViewAllRecords'],
  Contact: ['Read', 'ViewAllRecords'],
  Lead: ['Read', 'Edit', 'ViewAllRecords'],
  Opportunity: ['Read', 'Edit', 'ViewAllRecords'],
};

function grant(object: string, rights: readonly string[]): SeedRecord {
  const permissions = rights.map((right) => [`Permissions${right}`, true]);
  return {
    object: 'ObjectPermissions',
    fields: { ParentId: PERMISSION_SET, SobjectType: object, ...Object.fromEntries(permissions) },
  };
}
