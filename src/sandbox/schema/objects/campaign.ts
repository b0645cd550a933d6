import type { ObjectSchema } from '../../types.ts';
import {
  auditFields,
  checkbox,
  isDeleted,
  number,
  objectOf,
  picklist,
  plain,
  reference,
  text,
} from '../field-kinds.ts';
import { CAMPAIGN_MEMBER_STATUSES, LEAD_SOURCES, SALUTATIONS } from '../picklist-values.ts';

export function campaignSchema(): ObjectSchema {
  return objectOf({
    name: 'Campaign',
    label: 'Campaign',
    labelPlural: 'Campaigns',
    keyPrefix: '701',
    can: 'QCUDXR',
    fields: [
      isDeleted(),
      text('Name', 'Name', 'string', 'CUFSGI', 80),
      reference('ParentId', 'Parent Campaign ID', 'CUNFSG', ['Campaign'], 'Parent'),
      picklist('Type', 'Type', 'CUNFSG', 40, CAMPAIGN_TYPES),
      picklist('Status', 'Status', 'CUNFSGD', 40, ['Planned', 'In Progress', 'Completed', 'Aborted'], 'Planned'),
      plain('StartDate', 'Start Date', 'date', 'CUNFSG'),
      plain('EndDate', 'End Date', 'date', 'CUNFSG'),
      number('ExpectedRevenue', 'Expected Revenue', 'currency', 'CUNFS', 18, 0),
      number('BudgetedCost', 'Budgeted Cost', 'currency', 'CUNFS', 18, 0),
      number('ActualCost', 'Actual Cost', 'currency', 'CUNFS', 18, 0),
      checkbox('IsActive', 'Active', 'CUFSGD'),
      text('Description', 'Description', 'textarea', 'CUN', 32000),
      reference('OwnerId', 'Owner ID', 'CUFSGD', ['User'], 'Owner'),
      ...auditFields(),
      plain('LastActivityDate', 'Last Activity', 'date', 'NFSG'),
    ],
    children: [
      ['ChildCampaigns', 'Campaign', 'ParentId'],
      ['CampaignMembers', 'CampaignMember', 'CampaignId'],
      ['CampaignMemberStatuses', 'CampaignMemberStatus', 'CampaignId'],
      ['Opportunities', 'Opportunity', 'CampaignId'],
      ['Events', 'Event', 'WhatId'],
      ['Tasks', 'Task', 'WhatId'],
    ],
  });
}

export function campaignMemberSchema(): ObjectSchema {
  return objectOf({
    name: 'CampaignMember',
    label: 'Campaign Member',
    labelPlural: 'Campaign Members',
    keyPrefix: '00v',
    can: 'QCUDR',
    fields: [
      isDeleted(),
      reference('CampaignId', 'Campaign ID', 'CFSG', ['Campaign'], 'Campaign'),
      reference('LeadId', 'Lead ID', 'CNFSG', ['Lead'], 'Lead'),
      reference('ContactId', 'Contact ID', 'CNFSG', ['Contact'], 'Contact'),
      picklist('Status', 'Status', 'CUNFSGD', 40, CAMPAIGN_MEMBER_STATUSES, 'Sent'),
      checkbox('HasResponded', 'Responded', 'FSGD'),
      ...auditFields(),
      plain('FirstRespondedDate', 'First Responded Date', 'date', 'NFSG'),
      picklist('Salutation', 'Salutation', 'NFSG', 40, SALUTATIONS),
      text('Name', 'Full Name', 'string', 'NFSG', 121),
      text('FirstName', 'First Name', 'string', 'NFSG', 40),
      text('LastName', 'Last Name', 'string', 'NFSG', 80),
      text('Title', 'Title', 'string', 'NFSG', 128),
      text('Phone', 'Phone', 'phone', 'NFSG', 40),
      text('Email', 'Email', 'email', 'NFSG', 80),
      picklist('LeadSource', 'Lead Source', 'NFSG', 255, LEAD_SOURCES),
      text('CompanyOrAccount', 'Company (Account)', 'string', 'NFSG', 255),
      picklist('Type', 'Type', 'NFSG', 40, ['Lead', 'Contact']),
      reference('LeadOrContactId', 'Related Record ID', 'NFSG', ['Contact', 'Lead'], 'LeadOrContact'),
      reference('LeadOrContactOwnerId', 'Related Record Owner ID', 'NFSG', ['Group', 'User'], 'LeadOrContactOwner'),
    ],
  });
}

export function campaignMemberStatusSchema(): ObjectSchema {
  return objectOf({
    name: 'CampaignMemberStatus',
    label: 'Campaign Member Status',
    labelPlural: 'Campaign Member Statuses',
    keyPrefix: '01Y',
    can: 'QCUDR',
    fields: [
      isDeleted(),
      reference('CampaignId', 'Campaign ID', 'CFSG', ['Campaign'], 'Campaign'),
      text('Label', 'Label', 'string', 'CUFSG', 765),
      number('SortOrder', 'Sort Order', 'int', 'CUNFSG', 0, 0),
      checkbox('IsDefault', 'Is Default', 'CUFSGD'),
      checkbox('HasResponded', 'Responded', 'CUFSGD'),
      ...auditFields(),
    ],
  });
}

const CAMPAIGN_TYPES = ['Conference', 'Webinar', 'Trade Show', 'Email', 'Advertisement', 'Telemarketing', 'Other'];
