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
    ...Object.entries(EDITABLE).flatMap(([object, fields]) => fields.map((field) => makeEditable(object, field))),
  ];
}

const GRANTS: Readonly<Record<string, readonly string[]>> = {
  Account: ['Read', 'ViewAllRecords'],
  Contact: ['Read', 'ViewAllRecords'],
  Lead: ['Read', 'Edit', 'ViewAllRecords'],
  Opportunity: ['Read', 'Edit', 'ViewAllRecords'],
};

/** The fields of the example configuration that have rights of their own. */
const EDITABLE: Readonly<Record<string, readonly string[]>> = {
  Lead: [
    'MQL__c',
    'MQL_Date__c',
    'MQL_Reason__c',
    'Disqualified_Reason__c',
    'Territory__c',
    'Routed_At__c',
    'Routing_Reason__c',
    'Rolecall_Turn__c',
    'SLA_Breached__c',
    'Recycle_Reason__c',
  ],
  Opportunity: [
    'Contact_Role_Status__c',
    'Contact_Role_Coverage__c',
    'Missing_Contact_Roles__c',
    'Rolecall_Episode__c',
  ],
  Task: ['Description', 'ActivityDate', 'Rolecall_Key__c'],
};

function makeEditable(object: string, field: string): SeedRecord {
  const rights = { PermissionsRead: true, PermissionsEdit: true };
  return {
    object: 'FieldPermissions',
    fields: { ParentId: PERMISSION_SET, SobjectType: object, Field: `${object}.${field}`, ...rights },
  };
}

function grant(object: string, rights: readonly string[]): SeedRecord {
  const permissions = rights.map((right) => [`Permissions${right}`, true]);
  return {
    object: 'ObjectPermissions',
    fields: { ParentId: PERMISSION_SET, SobjectType: object, ...Object.fromEntries(permissions) },
  };
}
