import { LEAD_STATUSES, STAGES, TASK_PRIORITIES, TASK_STATUSES } from '../schema/picklist-values.ts';
import type { StoredRecord } from '../types.ts';
import { type SeedBook } from './seed-book.ts';

/** Ids of what Setup holds. */
export type Setup = {
  readonly queues: Readonly<Record<QueueName, string>>;
  readonly recordTypes: Readonly<Record<RecordTypeName, string>>;
};

export type QueueName = 'Inbound_Leads' | 'Marketing_Nurture' | 'Unrouted_Leads' | 'Archive';
export type RecordTypeName = 'New_Business' | 'Expansion' | 'Renewal';

/** Stages, statuses, queues and record types, in this order: what is entered later is read by what they mean. */
export function enterSetup(book: SeedBook): Setup {
  const day = book.ago(50);
  for (const [index, stage] of STAGES.entries()) book.enter('OpportunityStage', stageFields(stage, index), day);
  enterValues(book, 'LeadStatus', LEAD_STATUSES, (value) => ({ IsConverted: value === 'Closed - Converted' }));
  enterValues(book, 'TaskStatus', TASK_STATUSES, (value) => ({ IsClosed: value === 'Completed' }));
  enterValues(book, 'TaskPriority', TASK_PRIORITIES, (value) => ({ IsHighPriority: value === 'High' }));
  return {
    queues: {
      Inbound_Leads: enterQueue(book, 'Inbound_Leads'),
      Marketing_Nurture: enterQueue(book, 'Marketing_Nurture'),
      Unrouted_Leads: enterQueue(book, 'Unrouted_Leads'),
      Archive: enterQueue(book, 'Archive'),
    },
    recordTypes: {
      New_Business: enterRecordType(book, 'New_Business'),
      Expansion: enterRecordType(book, 'Expansion'),
      Renewal: enterRecordType(book, 'Renewal'),
    },
  };
}

function enterQueue(book: SeedBook, developerName: QueueName): string {
  const name = developerName.replaceAll('_', ' ');
  const day = book.ago(50);
  const id = book.enter('Group', { Name: name, DeveloperName: developerName, Type: 'Queue' }, day);
  book.enter('QueueSobject', { QueueId: id, SobjectType: 'Lead' }, day);
  return id;
}

function enterRecordType(book: SeedBook, developerName: RecordTypeName): string {
  const fields = {
    Name: developerName.replaceAll('_', ' '),
    DeveloperName: developerName,
    SobjectType: 'Opportunity',
    IsActive: true,
  };
  return book.enter('RecordType', fields, book.ago(50));
}

function enterValues(
  book: SeedBook,
  object: string,
  values: readonly string[],
  meaning: (value: string) => StoredRecord,
): void {
  for (const [index, value] of values.entries()) {
    const isDefault = value === 'Open - Not Contacted' || value === 'Not Started' || value === 'Normal';
    const fields = {
      MasterLabel: value,
      ApiName: value,
      SortOrder: index + 1,
      IsDefault: isDefault,
      ...meaning(value),
    };
    book.enter(object, fields, book.ago(50));
  }
}

function stageFields(stage: string, index: number): StoredRecord {
  const [probability, category, categoryName] = STAGE_FORECASTS[stage] ?? [0, 'Pipeline', 'Pipeline'];
  return {
    MasterLabel: stage,
    ApiName: stage,
    IsActive: true,
    SortOrder: index + 1,
    IsClosed: stage.startsWith('Closed'),
    IsWon: stage === 'Closed Won',
    ForecastCategory: category,
    ForecastCategoryName: categoryName,
    DefaultProbability: probability,
  };
}

/** Default probability in per cent and forecast category, as Salesforce ships them. */
const STAGE_FORECASTS: Readonly<Record<string, readonly [number, string, string]>> = {
  Prospecting: [10, 'Pipeline', 'Pipeline'],
  Qualification: [10, 'Pipeline', 'Pipeline'],
  'Needs Analysis': [20, 'Pipeline', 'Pipeline'],
  'Value Proposition': [50, 'Pipeline', 'Pipeline'],
  'Id. Decision Makers': [60, 'Pipeline', 'Pipeline'],
  'Perception Analysis': [70, 'Pipeline', 'Pipeline'],
  'Proposal/Price Quote': [75, 'BestCase', 'Best Case'],
  'Negotiation/Review': [90, 'Forecast', 'Commit'],
  'Closed Won': [100, 'Closed', 'Closed'],
  'Closed Lost': [0, 'Omitted', 'Omitted'],
};
