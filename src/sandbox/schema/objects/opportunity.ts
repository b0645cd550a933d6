import type { FieldSchema, ObjectSchema } from '../../types.ts';
import {
  CUSTOM,
  auditFields,
  checkbox,
  isDeleted,
  number,
  objectOf,
  picklist,
  plain,
  reference,
  systemModstamp,
  text,
} from '../field-kinds.ts';
import {
  CONTACT_ROLES,
  FORECAST_CATEGORIES,
  FORECAST_CATEGORY_NAMES,
  LEAD_SOURCES,
  STAGES,
} from '../picklist-values.ts';

export function opportunitySchema(): ObjectSchema {
  return objectOf({
    name: 'Opportunity',
    label: 'Opportunity',
    labelPlural: 'Opportunities',
    keyPrefix: '006',
    can: 'QCUDXR',
    fields: [...standardFields(), ...customFields()],
    children: [
      ['OpportunityContactRoles', 'OpportunityContactRole', 'OpportunityId'],
      ['OpportunityHistories', 'OpportunityHistory', 'OpportunityId'],
      ['Events', 'Event', 'WhatId'],
      ['Tasks', 'Task', 'WhatId'],
    ],
  });
}

/** A person on a deal. It has no name, owner or record type, and cannot be undeleted. */
export function opportunityContactRoleSchema(): ObjectSchema {
  return objectOf({
    name: 'OpportunityContactRole',
    label: 'Opportunity Contact Role',
    labelPlural: 'Opportunity Contact Role',
    keyPrefix: '00K',
    can: 'QCUDR',
    fields: [
      reference('OpportunityId', 'Opportunity ID', 'CFSG', ['Opportunity'], 'Opportunity'),
      reference('ContactId', 'Contact ID', 'CUFSG', ['Contact'], 'Contact'),
      picklist('Role', 'Role', 'CUNFSG', 40, CONTACT_ROLES),
      checkbox('IsPrimary', 'Primary', 'CUFSGD'),
      ...auditFields(),
      isDeleted(),
    ],
  });
}

/** A row for each change of stage, amount, close date or probability. */
export function opportunityHistorySchema(): ObjectSchema {
  return objectOf({
    name: 'OpportunityHistory',
    label: 'Opportunity History',
    labelPlural: 'Opportunity History',
    keyPrefix: '008',
    can: 'QR',
    fields: [
      reference('OpportunityId', 'Opportunity ID', 'FSG', ['Opportunity'], 'Opportunity'),
      reference('CreatedById', 'Created By ID', 'FSGD', ['User'], 'CreatedBy'),
      plain('CreatedDate', 'Created Date', 'datetime', 'FSD'),
      picklist('StageName', 'Stage Name', 'NFSG', 255, STAGES),
      number('Amount', 'Amount', 'currency', 'NFS', 18, 2),
      number('ExpectedRevenue', 'Expected Revenue', 'currency', 'NFS', 18, 2),
      plain('CloseDate', 'Close Date', 'date', 'NFSG'),
      number('Probability', 'Probability', 'percent', 'NFS', 3, 0),
      picklist('ForecastCategory', 'To ForecastCategory', 'NFSGR', 40, FORECAST_CATEGORIES),
      systemModstamp(),
      isDeleted(),
    ],
  });
}

function standardFields(): readonly FieldSchema[] {
  return [
    isDeleted(),
    reference('AccountId', 'Account ID', 'CUNFSG', ['Account'], 'Account'),
    reference('RecordTypeId', 'Record Type ID', 'CUNFSGD', ['RecordType'], 'RecordType'),
    checkbox('IsPrivate', 'Private', 'CUFSGD'),
    text('Name', 'Name', 'string', 'CUFSGI', 120),
    text('Description', 'Description', 'textarea', 'CUN', 32000),
    picklist('StageName', 'Stage', 'CUFSG', 255, STAGES),
    number('Amount', 'Amount', 'currency', 'CUNFS', 18, 2),
    number('Probability', 'Probability (%)', 'percent', 'CUNFSD', 3, 0),
    number('ExpectedRevenue', 'Expected Amount', 'currency', 'NFS', 18, 2),
    number('TotalOpportunityQuantity', 'Quantity', 'double', 'CUNFS', 18, 2),
    plain('CloseDate', 'Close Date', 'date', 'CUFSG'),
    picklist('Type', 'Opportunity Type', 'CUNFSG', 255, TYPES),
    text('NextStep', 'Next Step', 'string', 'CUNFSG', 255),
    picklist('LeadSource', 'Lead Source', 'CUNFSG', 255, LEAD_SOURCES),
    checkbox('IsClosed', 'Closed', 'FSGD'),
    checkbox('IsWon', 'Won', 'FSGD'),
    picklist('ForecastCategory', 'Forecast Category', 'FSGR', 40, FORECAST_CATEGORIES),
    picklist('ForecastCategoryName', 'Forecast Category', 'CUNFSGDR', 255, FORECAST_CATEGORY_NAMES),
    reference('CampaignId', 'Campaign ID', 'CUNFSG', ['Campaign'], 'Campaign'),
    checkbox('HasOpportunityLineItem', 'Has Line Item', 'FSGD'),
    reference('OwnerId', 'Owner ID', 'CUFSGD', ['User'], 'Owner'),
    ...auditFields(),
    plain('LastActivityDate', 'Last Activity', 'date', 'NFSG'),
    plain('LastStageChangeDate', 'Last Stage Change Date', 'datetime', 'NFS'),
    number('FiscalQuarter', 'Fiscal Quarter', 'int', 'NFSG', 0, 0),
    number('FiscalYear', 'Fiscal Year', 'int', 'NFSG', 0, 0),
    text('Fiscal', 'Fiscal Period', 'string', 'NFSG', 6),
    // Salesforce gives this lookup no relationship name: a path through it is an error.
    reference('ContactId', 'Contact ID', 'CNFSG', ['Contact'], null),
    plain('LastViewedDate', 'Last Viewed Date', 'datetime', 'NFS'),
    plain('LastReferencedDate', 'Last Referenced Date', 'datetime', 'NFS'),
    checkbox('HasOpenActivity', 'Has Open Activity', 'GD'),
    checkbox('HasOverdueTask', 'Has Overdue Task', 'GD'),
  ];
}

function customFields(): readonly FieldSchema[] {
  return [
    number('Rolecall_Episode__c', 'Rolecall Episode', 'double', 'CUNFS', 9, 0),
    text('Contact_Role_Status__c', 'Contact Role Status', 'string', CUSTOM, 20),
    text('Contact_Role_Coverage__c', 'Contact Role Coverage', 'string', CUSTOM, 12),
    text('Missing_Contact_Roles__c', 'Missing Contact Roles', 'string', CUSTOM, 255),
    checkbox('OCR_Exempt__c', 'OCR Exempt', 'CUFSGD'),
    plain('OCR_Exempt_Until__c', 'OCR Exempt Until', 'date', CUSTOM),
    checkbox('Budget_Confirmed__c', 'Budget Confirmed', 'CUFSGD'),
    text('Deal_Gaps__c', 'Deal Gaps', 'string', CUSTOM, 255),
  ];
}

const TYPES = [
  'Existing Customer - Upgrade',
  'Existing Customer - Replacement',
  'Existing Customer - Downgrade',
  'New Customer',
  'Renewal - Auto',
];
