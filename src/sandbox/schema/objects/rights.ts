import type { ObjectSchema } from '../../types.ts';
import { checkbox, objectOf, picklist, reference, text } from '../field-kinds.ts';

/** What a permission set grants on an object. Rows of objects without rights of their own do not exist. */
export function objectPermissionsSchema(): ObjectSchema {
  return objectOf({
    name: 'ObjectPermissions',
    label: 'Object Permissions',
    labelPlural: 'Object Permissions',
    keyPrefix: '110',
    can: 'QCUD',
    fields: [
      reference('ParentId', 'Parent ID', 'CFSG', ['PermissionSet'], null),
      text('SobjectType', 'Sobject Type Name', 'string', 'CFSG', 40),
      ...['Read', 'Create', 'Edit', 'Delete', 'ViewAllRecords', 'ModifyAllRecords'].map((right) =>
        checkbox(`Permissions${right}`, right, 'CUFSGD'),
      ),
    ],
  });
}

/** What a permission set grants on a field that has rights of its own; `Field` is `Lead.Phone`. */
export function fieldPermissionsSchema(): ObjectSchema {
  return objectOf({
    name: 'FieldPermissions',
    label: 'Field Permissions',
    labelPlural: 'Field Permissions',
    keyPrefix: '01k',
    can: 'QCUD',
    fields: [
      reference('ParentId', 'Parent ID', 'CFSG', ['PermissionSet'], null),
      text('SobjectType', 'Sobject Type Name', 'string', 'CFSG', 40),
      text('Field', 'Field Name', 'string', 'CFSG', 255),
      ...['Read', 'Edit'].map((right) => checkbox(`Permissions${right}`, right, 'CUFSGD')),
    ],
  });
}

export function permissionSetAssignmentSchema(): ObjectSchema {
  return objectOf({
    name: 'PermissionSetAssignment',
    label: 'Permission Set Assignment',
    labelPlural: 'Permission Set Assignments',
    keyPrefix: '0Pa',
    can: 'QCD',
    fields: [
      reference('PermissionSetId', 'PermissionSet ID', 'CFSG', ['PermissionSet'], null),
      reference('AssigneeId', 'Assignee ID', 'CFSG', ['User'], 'Assignee'),
    ],
  });
}

/** One row: what the user who asks may do. Here it is written; a real org adds it up from the permission sets. */
export function userPermissionAccessSchema(): ObjectSchema {
  return objectOf({
    name: 'UserPermissionAccess',
    label: 'User Permission Access',
    labelPlural: 'User Permission Access',
    keyPrefix: '0Ua',
    can: 'QU',
    fields: USER_PERMISSIONS.map((name) => checkbox(`Permissions${name}`, name, 'UFSG')),
  });
}

export const USER_PERMISSIONS = [
  'ApiEnabled',
  'TransferAnyLead',
  'EditTask',
  'ViewAllData',
  'ModifyAllData',
  'ManageUsers',
  'CustomizeApplication',
  'AuthorApex',
  'DataExport',
  'BulkApiHardDelete',
] as const;

export function apexTriggerSchema(): ObjectSchema {
  return objectOf({
    name: 'ApexTrigger',
    label: 'Apex Trigger',
    labelPlural: 'Apex Triggers',
    keyPrefix: '01q',
    can: 'QCUD',
    fields: [
      text('Name', 'Name', 'string', 'CUFSG', 255),
      text('TableEnumOrId', 'Custom Object Definition ID', 'string', 'CFSG', 40),
      picklist('Status', 'Status', 'CUFSGR', 40, ['Inactive', 'Active', 'Deleted']),
    ],
  });
}

export function flowDefinitionViewSchema(): ObjectSchema {
  return objectOf({
    name: 'FlowDefinitionView',
    label: 'Flow Definition',
    labelPlural: 'Flow Definitions',
    keyPrefix: '3dd',
    can: 'Q',
    fields: [
      text('ApiName', 'Flow API Name', 'string', 'NFSG', 255),
      text('TriggerObjectOrEventLabel', 'Object', 'string', 'NFSG', 255),
      checkbox('IsActive', 'Active', 'FSGD'),
    ],
  });
}

export function assignmentRuleSchema(): ObjectSchema {
  return objectOf({
    name: 'AssignmentRule',
    label: 'Assignment Rule',
    labelPlural: 'Assignment Rules',
    keyPrefix: '03r',
    can: 'QR',
    fields: [
      text('Name', 'Name', 'string', 'NFSG', 120),
      picklist('SobjectType', 'Sobject Type Name', 'NFSGR', 40, ['Case', 'Lead']),
      checkbox('Active', 'Active', 'FSGD'),
    ],
  });
}

export function duplicateRuleSchema(): ObjectSchema {
  return objectOf({
    name: 'DuplicateRule',
    label: 'Duplicate Rule',
    labelPlural: 'Duplicate Rules',
    keyPrefix: '0Bm',
    can: 'QR',
    fields: [
      text('DeveloperName', 'Object Name', 'string', 'FSG', 80),
      picklist('SobjectType', 'Object', 'FSGR', 40, ['Account', 'Contact', 'Lead']),
      checkbox('IsActive', 'Active', 'FSGD'),
    ],
  });
}
