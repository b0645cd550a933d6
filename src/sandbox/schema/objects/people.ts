import type { ObjectSchema } from '../../types.ts';
import {
  addressFields,
  auditFields,
  checkbox,
  objectOf,
  picklist,
  plain,
  reference,
  systemModstamp,
  text,
} from '../field-kinds.ts';

export function userSchema(): ObjectSchema {
  return objectOf({
    name: 'User',
    label: 'User',
    labelPlural: 'Users',
    keyPrefix: '005',
    can: 'QCUR',
    fields: [
      { ...text('Username', 'Username', 'string', 'CUFSGI', 80), unique: true },
      text('LastName', 'Last Name', 'string', 'CUFSG', 80),
      text('FirstName', 'First Name', 'string', 'CUNFSG', 40),
      text('Name', 'Full Name', 'string', 'FSG', 121),
      text('CompanyName', 'Company Name', 'string', 'CUNFSG', 80),
      text('Division', 'Division', 'string', 'CUNFSG', 80),
      text('Department', 'Department', 'string', 'CUNFSG', 80),
      text('Title', 'Title', 'string', 'CUNFSG', 80),
      ...addressFields(''),
      text('Email', 'Email', 'email', 'CUFSGI', 128),
      text('Phone', 'Phone', 'phone', 'CUNFSG', 40),
      text('MobilePhone', 'Mobile', 'phone', 'CUNFSG', 40),
      text('Alias', 'Alias', 'string', 'CUFSG', 8),
      text('CommunityNickname', 'Nickname', 'string', 'CUFSG', 40),
      checkbox('IsActive', 'Active', 'CUFSGD'),
      picklist('TimeZoneSidKey', 'Time Zone', 'CUFSGR', 40, TIME_ZONES),
      picklist('LocaleSidKey', 'Locale', 'CUFSGR', 40, LOCALES),
      picklist('EmailEncodingKey', 'Email Encoding', 'CUFSGR', 40, ['UTF-8', 'ISO-8859-1']),
      picklist('LanguageLocaleKey', 'Language', 'CUFSGR', 40, ['en_US', 'de', 'ja', 'fr', 'es']),
      reference('ProfileId', 'Profile ID', 'CUFSG', ['Profile'], 'Profile'),
      picklist('UserType', 'User Type', 'NFSGR', 40, ['Standard', 'PowerPartner', 'CsnOnly', 'AutomatedProcess']),
      text('EmployeeNumber', 'Employee Number', 'string', 'CUNFSG', 20),
      reference('ManagerId', 'Manager ID', 'CUNFSG', ['User'], 'Manager'),
      plain('LastLoginDate', 'Last Login', 'datetime', 'NFS'),
      ...auditFields(),
      text('FederationIdentifier', 'SAML Federation ID', 'string', 'CUNFSG', 512),
    ],
  });
}

/** Public groups, roles and, with Type `Queue`, queues. */
export function groupSchema(): ObjectSchema {
  return objectOf({
    name: 'Group',
    label: 'Group',
    labelPlural: 'Groups',
    keyPrefix: '00G',
    can: 'QCUDR',
    fields: [
      text('Name', 'Name', 'string', 'CUFSG', 40),
      text('DeveloperName', 'Developer Name', 'string', 'CUNFSG', 80),
      reference('RelatedId', 'Related ID', 'NFSG', ['User'], 'Related'),
      picklist('Type', 'Type', 'CFSGR', 40, ['Regular', 'Role', 'RoleAndSubordinates', 'Organization', 'Queue']),
      text('Email', 'Email', 'email', 'CUNFSG', 255),
      reference('OwnerId', 'Owner ID', 'FSG', ['User'], 'Owner'),
      checkbox('DoesSendEmailToMembers', 'Send Email to Members', 'CUFSGD'),
      checkbox('DoesIncludeBosses', 'Include Bosses', 'CUFSGD'),
      ...auditFields(),
    ],
    children: [
      ['GroupMembers', 'GroupMember', 'GroupId'],
      ['QueueSobjects', 'QueueSobject', 'QueueId'],
    ],
  });
}

export function groupMemberSchema(): ObjectSchema {
  return objectOf({
    name: 'GroupMember',
    label: 'Group Member',
    labelPlural: 'Group Members',
    keyPrefix: '011',
    can: 'QCD',
    fields: [
      reference('GroupId', 'Group ID', 'CFSG', ['Group'], 'Group'),
      reference('UserOrGroupId', 'User/Group ID', 'CFSG', ['Group', 'User'], null),
      systemModstamp(),
    ],
  });
}

/** Which objects a queue may own. */
export function queueSobjectSchema(): ObjectSchema {
  return objectOf({
    name: 'QueueSobject',
    label: 'Queue Sobject',
    labelPlural: 'Queue Sobjects',
    keyPrefix: '03g',
    can: 'QCDR',
    fields: [
      reference('QueueId', 'Group ID', 'CFSG', ['Group'], 'Queue'),
      picklist('SobjectType', 'Sobject Type', 'CFSG', 40, ['Lead', 'Task']),
      reference('CreatedById', 'Created By ID', 'FSGD', ['User'], 'CreatedBy'),
      systemModstamp(),
    ],
  });
}

export function profileSchema(): ObjectSchema {
  return objectOf({
    name: 'Profile',
    label: 'Profile',
    labelPlural: 'Profile',
    keyPrefix: '00e',
    can: 'QR',
    fields: [
      text('Name', 'Name', 'string', 'FSG', 255),
      picklist('UserType', 'User Type', 'NFSGR', 40, ['Standard', 'PowerPartner', 'CsnOnly']),
      text('Description', 'Description', 'string', 'NFSG', 255),
      ...auditFields(),
    ],
    children: [['Users', 'User', 'ProfileId']],
  });
}

const TIME_ZONES = [
  'GMT',
  'UTC',
  'Europe/London',
  'Europe/Dublin',
  'Europe/Berlin',
  'Europe/Paris',
  'Europe/Stockholm',
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'Asia/Singapore',
  'Asia/Tokyo',
  'Asia/Kolkata',
  'Australia/Sydney',
];

const LOCALES = ['en_US', 'en_GB', 'de_DE', 'fr_FR', 'sv_SE', 'ja_JP', 'en_SG', 'en_AU'];
