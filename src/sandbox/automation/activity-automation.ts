import { readStamp, writeDay, writeStamp } from '../org-clock.ts';
import { SandboxError } from '../types.ts';
import type { StoredRecord } from '../types.ts';
import type { ObjectAutomation, Save } from './object-automation.ts';
import { hasChanged, idOf } from './object-automation.ts';
import { touchRecord } from './system-writes.ts';

/** Tasks lock what they are about, and move its LastActivityDate when they come and when they are closed. */
export const taskAutomation: ObjectAutomation = {
  check: refuseLeadWithRelation,
  derive: (save) => ({ ...deriveFromStatus(save), ...deriveAccount(save) }),
  locks: parentsToLock,
  after: (save) => {
    if (save.before === null || hasChanged(save, 'IsClosed')) moveLastActivity(save);
  },
};

/** Events move LastActivityDate only when they come. */
export const eventAutomation: ObjectAutomation = {
  check: refuseLeadWithRelation,
  derive: (save) => ({ ...deriveTimes(save), ...deriveAccount(save) }),
  after: (save) => {
    if (save.before === null) moveLastActivity(save);
  },
};

function refuseLeadWithRelation({ world, record }: Save): void {
  const whoId = idOf(record, 'WhoId');
  if (whoId === null || idOf(record, 'WhatId') === null || world.store.row(whoId)?.object !== 'Lead') return;
  throw new SandboxError(
    'FIELD_INTEGRITY_EXCEPTION',
    'Related To ID: cannot be set when the Name ID refers to a lead',
    400,
    ['WhatId', 'WhoId'],
  );
}

function deriveFromStatus(save: Save): StoredRecord {
  const { world, by, record } = save;
  const statuses = [...world.store.rows('TaskStatus')].map((row) => row.record);
  const status = statuses.find(({ ApiName, MasterLabel }) => (ApiName ?? MasterLabel) === record['Status']);
  const isClosed = status === undefined ? record['Status'] === 'Completed' : status['IsClosed'] === true;
  const wasClosed = save.before?.['IsClosed'] === true;
  const completedAt = wasClosed ? (record['CompletedDateTime'] ?? null) : writeStamp(by.at);
  return {
    IsClosed: isClosed,
    CompletedDateTime: isClosed ? completedAt : null,
    IsHighPriority: record['Priority'] === 'High',
  };
}

/** An event is given by its start with a duration or an end; the rest follows. */
function deriveTimes({ record }: Save): StoredRecord {
  const start = readStamp(idOf(record, 'StartDateTime') ?? idOf(record, 'ActivityDateTime') ?? '');
  if (start === null) return {};
  const end = readStamp(idOf(record, 'EndDateTime') ?? '');
  const minutes = Number(record['DurationInMinutes'] ?? (end === null ? 60 : (end - start) / 60_000));
  return {
    StartDateTime: writeStamp(start),
    ActivityDateTime: writeStamp(start),
    EndDateTime: writeStamp(start + minutes * 60_000),
    ActivityDate: writeDay(start),
    EndDate: writeDay(start + minutes * 60_000),
    DurationInMinutes: minutes,
  };
}

function deriveAccount({ world, record }: Save): StoredRecord {
  const related = [idOf(record, 'WhatId'), idOf(record, 'WhoId')].map((id) =>
    id === null ? undefined : world.store.row(id),
  );
  for (const row of related) {
    if (row?.object === 'Account') return { AccountId: idOf(row.record, 'Id') };
    if (row?.object === 'Opportunity' || row?.object === 'Contact') return { AccountId: idOf(row.record, 'AccountId') };
  }
  return { AccountId: null };
}

/** A new open task without a due date locks nothing; every other save of a task locks all that it is about. */
function parentsToLock({ record, before }: Save): readonly string[] {
  if (before === null && (record['IsClosed'] === true || idOf(record, 'ActivityDate') === null)) return [];
  return parentsOf(record);
}

function parentsOf(record: StoredRecord): readonly string[] {
  const ids = ['WhatId', 'WhoId', 'AccountId'].map((field) => idOf(record, field));
  return [...new Set(ids.filter((id) => id !== null))];
}

function moveLastActivity({ world, by, record }: Save): void {
  const day = idOf(record, 'ActivityDate') ?? writeDay(by.at);
  for (const id of parentsOf(record)) {
    const row = world.store.row(id);
    const schema = world.schema.get(row?.object.toLowerCase() ?? '');
    if (row === undefined || schema?.fields.has('lastactivitydate') !== true) continue;
    const last = idOf(row.record, 'LastActivityDate');
    touchRecord(world, id, by.at, { LastActivityDate: last !== null && last > day ? last : day });
  }
}
