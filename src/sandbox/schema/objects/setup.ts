import type { ObjectSchema } from '../../types.ts';
import { auditFields, checkbox, number, objectOf, picklist, plain, text } from '../field-kinds.ts';
import { FORECAST_CATEGORIES, FORECAST_CATEGORY_NAMES } from '../picklist-values.ts';

export function organizationSchema(): ObjectSchema {
  return objectOf({
    name: 'Organization',
    label: 'Organization',
    labelPlural: 'Organizations',
    keyPrefix: '00D',
    can: 'QUR',
    fields: [
      text('Name', 'Name', 'string', 'FSG', 80),
      text('Country', 'Country', 'string', 'NFSG', 80),
      text('PrimaryContact', 'Primary Contact', 'string', 'UNFSG', 80),
      picklist('DefaultLocaleSidKey', 'Locale', 'UFSGR', 40, ['en_US', 'en_GB']),
      picklist('TimeZoneSidKey', 'Time Zone', 'UFSGR', 40, ['Europe/London', 'America/Los_Angeles', 'UTC']),
      picklist('LanguageLocaleKey', 'Language', 'UFSGR', 40, ['en_US']),
      number('FiscalYearStartMonth', 'Fiscal Year Starts In', 'int', 'UNFSG', 0, 0),
      picklist('OrganizationType', 'Edition', 'NFSGR', 40, ['Developer Edition', 'Enterprise Edition']),
      text('NamespacePrefix', 'Namespace Prefix', 'string', 'NFSG', 15),
      text('InstanceName', 'Instance Name', 'string', 'NFSG', 5),
      checkbox('IsSandbox', 'Is Sandbox', 'FSGD'),
      plain('TrialExpirationDate', 'Trial Expiration Date', 'datetime', 'NFS'),
      checkbox('IsReadOnly', 'Is Read Only', 'FSGD'),
      ...auditFields(),
    ],
  });
}

export function recordTypeSchema(): ObjectSchema {
  return objectOf({
    name: 'RecordType',
    label: 'Record Type',
    labelPlural: 'Record Types',
    keyPrefix: '012',
    can: 'QCUR',
    fields: [
      text('Name', 'Name', 'string', 'CUFSG', 80),
      text('DeveloperName', 'Record Type Name', 'string', 'CUFSG', 80),
      text('NamespacePrefix', 'Namespace Prefix', 'string', 'NFSG', 15),
      text('Description', 'Description', 'string', 'CUNFSG', 255),
      picklist('SobjectType', 'Sobject Type Name', 'CFSGR', 40, ['Account', 'Contact', 'Lead', 'Opportunity']),
      checkbox('IsActive', 'Active', 'CUFSGD'),
      ...auditFields(),
    ],
    children: [['Opportunities', 'Opportunity', 'RecordTypeId']],
  });
}

export function leadStatusSchema(): ObjectSchema {
  return valueTable('LeadStatus', 'Lead Status Value', '01Q', [checkbox('IsConverted', 'Converted', 'FSGD')]);
}

export function taskStatusSchema(): ObjectSchema {
  return valueTable('TaskStatus', 'Task Status Value', '01T', [checkbox('IsClosed', 'Closed', 'FSGD')]);
}

export function taskPrioritySchema(): ObjectSchema {
  return valueTable('TaskPriority', 'Task Priority Value', '01U', [
    checkbox('IsHighPriority', 'High Priority', 'FSGD'),
  ]);
}

export function opportunityStageSchema(): ObjectSchema {
  return objectOf({
    name: 'OpportunityStage',
    label: 'Opportunity Stage',
    labelPlural: 'Opportunity Stage',
    keyPrefix: '01J',
    can: 'QR',
    fields: [
      text('MasterLabel', 'Master Label', 'string', 'NFSG', 255),
      text('ApiName', 'API Name', 'string', 'NFSG', 255),
      checkbox('IsActive', 'Is Active', 'FSGD'),
      number('SortOrder', 'Sort Order', 'int', 'NFSG', 0, 0),
      checkbox('IsClosed', 'Closed', 'FSGD'),
      checkbox('IsWon', 'Won', 'FSGD'),
      picklist('ForecastCategory', 'Forecast Category', 'FSGR', 40, FORECAST_CATEGORIES),
      picklist('ForecastCategoryName', 'Forecast Category Name', 'FSGR', 40, FORECAST_CATEGORY_NAMES),
      number('DefaultProbability', 'Probability (%)', 'percent', 'NFS', 3, 0),
      text('Description', 'Description', 'string', 'NFSG', 255),
      ...auditFields(),
    ],
  });
}

/** The tables behind the standard picklists, which say what a value means. */
function valueTable(
  name: string,
  label: string,
  keyPrefix: string,
  meaning: readonly ReturnType<typeof checkbox>[],
): ObjectSchema {
  return objectOf({
    name,
    label,
    labelPlural: label,
    keyPrefix,
    can: 'QR',
    fields: [
      text('MasterLabel', 'Master Label', 'string', 'NFSG', 255),
      text('ApiName', 'API Name', 'string', 'NFSG', 255),
      number('SortOrder', 'Sort Order', 'int', 'NFSG', 0, 0),
      checkbox('IsDefault', 'Is Default', 'FSGD'),
      ...meaning,
      ...auditFields(),
    ],
  });
}
