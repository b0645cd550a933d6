import type { FieldSchema, ObjectSchema } from '../../types.ts';
import {
  auditFields,
  checkbox,
  combobox,
  externalKey,
  isDeleted,
  number,
  objectOf,
  picklist,
  plain,
  reference,
  text,
} from '../field-kinds.ts';
import { ACTIVITY_SUBJECTS, TASK_PRIORITIES, TASK_STATUSES, TASK_SUBTYPES } from '../picklist-values.ts';

export function taskSchema(): ObjectSchema {
  return objectOf({
    name: 'Task',
    label: 'Task',
    labelPlural: 'Tasks',
    keyPrefix: '00T',
    can: 'QCUDXR',
    fields: [
      ...whoAndWhat(),
      plain('ActivityDate', 'Due Date Only', 'date', 'CUNFSG'),
      picklist('Status', 'Status', 'CUFSGD', 255, TASK_STATUSES, 'Not Started'),
      picklist('Priority', 'Priority', 'CUFSGD', 255, TASK_PRIORITIES, 'Normal'),
      checkbox('IsHighPriority', 'High Priority', 'FSGD'),
      reference('OwnerId', 'Assigned To ID', 'CUFSGD', ['Group', 'User'], 'Owner'),
      text('Description', 'Description', 'textarea', 'CUN', 32000),
      picklist('Type', 'Type', 'CUNFSG', 40, ['Call', 'Meeting', 'Other', 'Prep']),
      isDeleted(),
      reference('AccountId', 'Account ID', 'NFSG', ['Account'], 'Account'),
      checkbox('IsClosed', 'Closed', 'FSGD'),
      ...auditFields(),
      checkbox('IsArchived', 'Archived', 'FSGD'),
      number('CallDurationInSeconds', 'Call Duration', 'int', 'CUNFSG', 0, 0),
      picklist('CallType', 'Call Type', 'CUNFSGR', 40, ['Internal', 'Inbound', 'Outbound']),
      text('CallDisposition', 'Call Result', 'string', 'CUNFSG', 255),
      plain('ReminderDateTime', 'Reminder Date/Time', 'datetime', 'CUNFS'),
      checkbox('IsReminderSet', 'Reminder Set', 'CUFSGD'),
      checkbox('IsRecurrence', 'Create Recurring Series of Tasks', 'CFSGD'),
      picklist('TaskSubtype', 'Task Subtype', 'CNFSGR', 40, TASK_SUBTYPES, 'Task'),
      plain('CompletedDateTime', 'Completed Date/Time', 'datetime', 'NFS'),
      activityKey(),
    ],
  });
}

export function eventSchema(): ObjectSchema {
  return objectOf({
    name: 'Event',
    label: 'Event',
    labelPlural: 'Events',
    keyPrefix: '00U',
    can: 'QCUDXR',
    fields: [
      ...whoAndWhat(),
      text('Location', 'Location', 'string', 'CUNFSG', 255),
      checkbox('IsAllDayEvent', 'All-Day Event', 'CUFSGD'),
      plain('ActivityDateTime', 'Due Date Time', 'datetime', 'CUNFS'),
      plain('ActivityDate', 'Due Date Only', 'date', 'CUNFSG'),
      number('DurationInMinutes', 'Duration', 'int', 'CUNFSG', 0, 0),
      plain('StartDateTime', 'Start Date Time', 'datetime', 'CUNFS'),
      plain('EndDateTime', 'End Date Time', 'datetime', 'CUNFS'),
      plain('EndDate', 'End Date', 'date', 'NFSG'),
      text('Description', 'Description', 'textarea', 'CUN', 32000),
      reference('AccountId', 'Account ID', 'NFSG', ['Account'], 'Account'),
      reference('OwnerId', 'Assigned To ID', 'CUFSGD', ['User'], 'Owner'),
      picklist('Type', 'Type', 'CUNFSG', 40, ['Email', 'Meeting', 'Other', 'Call']),
      checkbox('IsPrivate', 'Private', 'CUFSGD'),
      picklist('ShowAs', 'Show Time As', 'CUNFSGDR', 40, ['Busy', 'OutOfOffice', 'Free'], 'Busy'),
      isDeleted(),
      checkbox('IsChild', 'Is Child', 'FSGD'),
      checkbox('IsGroupEvent', 'Is Group Event', 'FSGD'),
      ...auditFields(),
      checkbox('IsArchived', 'Archived', 'FSGD'),
      checkbox('IsRecurrence', 'Create Recurring Series of Events', 'CFSGD'),
      plain('ReminderDateTime', 'Reminder Date/Time', 'datetime', 'CUNFS'),
      checkbox('IsReminderSet', 'Reminder Set', 'CUFSGD'),
      picklist('EventSubtype', 'Event Subtype', 'CNFSGR', 40, ['Event'], 'Event'),
      activityKey(),
    ],
  });
}

function whoAndWhat(): readonly FieldSchema[] {
  return [
    reference('WhoId', 'Name ID', 'CUNFSG', ['Contact', 'Lead'], 'Who'),
    reference('WhatId', 'Related To ID', 'CUNFSG', ['Account', 'Campaign', 'Opportunity'], 'What'),
    combobox('Subject', 'Subject', 'CUNFS', 255, ACTIVITY_SUBJECTS),
  ];
}

/** Custom fields live on Activity and so appear on both objects. */
function activityKey(): FieldSchema {
  return externalKey('Rolecall_Key__c', 'Rolecall Key', 120);
}
