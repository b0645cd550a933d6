import type { FieldSchema, ObjectSchema } from '../../types.ts';
import {
  CUSTOM,
  addressFields,
  auditFields,
  checkbox,
  externalKey,
  isDeleted,
  number,
  objectOf,
  picklist,
  plain,
  reference,
  text,
} from '../field-kinds.ts';
import { INDUSTRIES, LEAD_SOURCES, LEAD_STATUSES, RATINGS, SALUTATIONS } from '../picklist-values.ts';

export function leadSchema(): ObjectSchema {
  return objectOf({
    name: 'Lead',
    label: 'Lead',
    labelPlural: 'Leads',
    keyPrefix: '00Q',
    can: 'QCUDXRM',
    fields: [...standardFields(), ...customFields()],
    children: [
      ['CampaignMembers', 'CampaignMember', 'LeadId'],
      ['Events', 'Event', 'WhoId'],
      ['Histories', 'LeadHistory', 'LeadId'],
      ['Tasks', 'Task', 'WhoId'],
    ],
  });
}

/** A row for each change of a field whose history is tracked. The values are texts as people see them; nobody filters by them. */
export function leadHistorySchema(): ObjectSchema {
  return objectOf({
    name: 'LeadHistory',
    label: 'Lead History',
    labelPlural: 'Lead History',
    keyPrefix: '017',
    can: 'QR',
    fields: [
      isDeleted(),
      reference('LeadId', 'Lead ID', 'FSG', ['Lead'], 'Lead'),
      reference('CreatedById', 'Created By ID', 'FSGD', ['User'], 'CreatedBy'),
      plain('CreatedDate', 'Created Date', 'datetime', 'FSD'),
      picklist('Field', 'Changed Field', 'FSG', 255, ['created', 'Owner', 'Status']),
      text('OldValue', 'Old Value', 'string', 'N', 255),
      text('NewValue', 'New Value', 'string', 'N', 255),
    ],
  });
}

function standardFields(): readonly FieldSchema[] {
  return [
    isDeleted(),
    reference('MasterRecordId', 'Master Record ID', 'NFSG', ['Lead'], 'MasterRecord'),
    text('LastName', 'Last Name', 'string', 'CUFSG', 80),
    text('FirstName', 'First Name', 'string', 'CUNFSG', 40),
    picklist('Salutation', 'Salutation', 'CUNFSG', 40, SALUTATIONS),
    text('Name', 'Full Name', 'string', 'FSG', 121),
    text('Title', 'Title', 'string', 'CUNFSG', 128),
    text('Company', 'Company', 'string', 'CUFSG', 255),
    ...addressFields(''),
    text('Phone', 'Phone', 'phone', 'CUNFSG', 40),
    text('MobilePhone', 'Mobile Phone', 'phone', 'CUNFSG', 40),
    text('Fax', 'Fax', 'phone', 'CUNFSG', 40),
    text('Email', 'Email', 'email', 'CUNFSGI', 80),
    text('Website', 'Website', 'url', 'CUNFSG', 255),
    text('PhotoUrl', 'Photo URL', 'url', 'NFSG', 255),
    text('Description', 'Description', 'textarea', 'CUN', 32000),
    picklist('LeadSource', 'Lead Source', 'CUNFSG', 255, LEAD_SOURCES),
    picklist('Status', 'Status', 'CUFSGD', 255, LEAD_STATUSES, 'Open - Not Contacted'),
    picklist('Industry', 'Industry', 'CUNFSG', 255, INDUSTRIES),
    picklist('Rating', 'Rating', 'CUNFSG', 255, RATINGS),
    number('AnnualRevenue', 'Annual Revenue', 'currency', 'CUNFS', 18, 0),
    number('NumberOfEmployees', 'Employees', 'int', 'CUNFSG', 0, 0),
    reference('OwnerId', 'Owner ID', 'CUFSGD', ['Group', 'User'], 'Owner'),
    checkbox('HasOptedOutOfEmail', 'Email Opt Out', 'CUFSGD'),
    checkbox('DoNotCall', 'Do Not Call', 'CUFSGD'),
    checkbox('IsConverted', 'Converted', 'CFSGD'),
    plain('ConvertedDate', 'Converted Date', 'date', 'NFSG'),
    reference('ConvertedAccountId', 'Converted Account ID', 'NFSG', ['Account'], 'ConvertedAccount'),
    reference('ConvertedContactId', 'Converted Contact ID', 'NFSG', ['Contact'], 'ConvertedContact'),
    reference('ConvertedOpportunityId', 'Converted Opportunity ID', 'NFSG', ['Opportunity'], 'ConvertedOpportunity'),
    checkbox('IsUnreadByOwner', 'Unread By Owner', 'CUFSGD'),
    ...auditFields(),
    plain('LastActivityDate', 'Last Activity', 'date', 'NFSG'),
    plain('LastViewedDate', 'Last Viewed Date', 'datetime', 'NFS'),
    plain('LastReferencedDate', 'Last Referenced Date', 'datetime', 'NFS'),
    text('EmailBouncedReason', 'Email Bounced Reason', 'string', 'UNFSG', 255),
    plain('EmailBouncedDate', 'Email Bounced Date', 'datetime', 'UNFS'),
  ];
}

function customFields(): readonly FieldSchema[] {
  return [
    externalKey('Rolecall_Turn__c', 'Rolecall Turn', 120),
    checkbox('MQL__c', 'MQL', 'CUFSGD'),
    plain('MQL_Date__c', 'MQL Date', 'datetime', 'CUNFS'),
    text('MQL_Reason__c', 'MQL Reason', 'string', CUSTOM, 255),
    number('Lead_Score__c', 'Lead Score', 'double', 'CUNFS', 18, 0),
    checkbox('Do_Not_Route__c', 'Do Not Route', 'CUFSGD'),
    checkbox('Actively_Being_Sequenced__c', 'Actively Being Sequenced', 'CUFSGD'),
    reference('Routing_Override_User__c', 'Routing Override User', CUSTOM, ['User'], 'Routing_Override_User__r'),
    text('Territory__c', 'Territory', 'string', CUSTOM, 120),
    plain('Routed_At__c', 'Routed At', 'datetime', 'CUNFS'),
    text('Routing_Reason__c', 'Routing Reason', 'string', CUSTOM, 255),
    checkbox('SLA_Breached__c', 'SLA Breached', 'CUFSGD'),
    picklist('Disqualified_Reason__c', 'Disqualified Reason', CUSTOM, 255, DISQUALIFIED_REASONS),
    picklist('Recycle_Reason__c', 'Recycle Reason', CUSTOM, 255, RECYCLE_REASONS),
    plain('Recontact_Date__c', 'Recontact Date', 'date', CUSTOM),
  ];
}

const DISQUALIFIED_REASONS = ['restricted_country', 'competitor', 'junk_name', 'student', 'Recycled out', 'No fit'];

const RECYCLE_REASONS = ['No budget', 'Timing', 'Wrong person', 'Stale'];
