import { writeStamp } from '../org-clock.ts';
import type { StoredRecord } from '../types.ts';
import type { ObjectAutomation, Save, SaveNew } from './object-automation.ts';
import { hasChanged, idOf } from './object-automation.ts';
import { addRecord } from './system-writes.ts';

const HISTORY_FIELDS = ['StageName', 'Amount', 'CloseDate', 'Probability'];

/** The stage decides what is closed and won; each step of it is kept in the history. */
export const opportunityAutomation: ObjectAutomation = {
  derive: deriveFromStage,
  after: writeTrail,
};

function deriveFromStage(save: Save): StoredRecord {
  const { world, by, record } = save;
  const stages = [...world.store.rows('OpportunityStage')].map((row) => row.record);
  const stage = stages.find(({ ApiName }) => ApiName === record['StageName']);
  const hasNewStage = hasChanged(save, 'StageName');
  const isClosed = stage?.['IsClosed'] === true;
  const probability =
    hasNewStage && !hasChanged(save, 'Probability') ? stage?.['DefaultProbability'] : record['Probability'];
  const amount = record['Amount'];
  return {
    IsClosed: isClosed,
    IsWon: stage?.['IsWon'] === true,
    Probability: probability ?? null,
    ForecastCategory: stage?.['ForecastCategory'] ?? record['ForecastCategory'] ?? null,
    ForecastCategoryName: stage?.['ForecastCategoryName'] ?? record['ForecastCategoryName'] ?? null,
    ExpectedRevenue:
      typeof amount === 'number' && typeof probability === 'number' ? (amount * probability) / 100 : null,
    ...(hasNewStage ? { LastStageChangeDate: writeStamp(by.at) } : {}),
  };
}

function writeTrail(save: Save, saveNew: SaveNew): void {
  const { world, by, record, before } = save;
  const opportunityId = String(record['Id']);
  if (HISTORY_FIELDS.some((field) => hasChanged(save, field))) {
    addRecord(world, 'OpportunityHistory', by, {
      OpportunityId: opportunityId,
      StageName: record['StageName'] ?? null,
      Amount: record['Amount'] ?? null,
      CloseDate: record['CloseDate'] ?? null,
      Probability: record['Probability'] ?? null,
      ExpectedRevenue: record['ExpectedRevenue'] ?? null,
      ForecastCategory: record['ForecastCategory'] ?? null,
    });
  }
  // `ContactId` can be given once, at birth, and then stands for the primary role.
  const contactId = idOf(record, 'ContactId');
  if (before === null && contactId !== null) {
    saveNew(world, by, 'OpportunityContactRole', {
      OpportunityId: opportunityId,
      ContactId: contactId,
      IsPrimary: true,
    });
  }
}
