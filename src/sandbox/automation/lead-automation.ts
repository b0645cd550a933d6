import { SandboxError } from '../types.ts';
import type { StoredRecord } from '../types.ts';
import { personName } from './person-automation.ts';
import type { ObjectAutomation, Save } from './object-automation.ts';
import { hasChanged } from './object-automation.ts';
import { addRecord } from './system-writes.ts';

/**
 * Converted leads are read-only; the active assignment rule takes every lead whose save does not switch it off; each
 * change of the Status is kept in the history.
 */
export const leadAutomation: ObjectAutomation = {
  check: ({ before }) => {
    if (before?.['IsConverted'] !== true) return;
    throw new SandboxError('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead');
  },
  derive: (save) => ({ ...personName(save), ...assignOwner(save) }),
  after: trackStatus,
};

function trackStatus(save: Save): void {
  const { world, by, record, before } = save;
  if (before === null || !hasChanged(save, 'Status')) return;
  addRecord(world, 'LeadHistory', by, {
    LeadId: String(record['Id']),
    Field: 'Status',
    OldValue: before['Status'] ?? null,
    NewValue: record['Status'] ?? null,
  });
}

function assignOwner(save: Save): StoredRecord {
  const { world, by, record, before } = save;
  const owner = by.isAutoAssigned ? (world.setup.leadAssignment?.(record) ?? null) : null;
  if (owner !== null) return { OwnerId: owner, IsUnreadByOwner: owner !== before?.['OwnerId'] };
  return hasChanged(save, 'OwnerId') ? { IsUnreadByOwner: record['OwnerId'] !== by.userId } : {};
}
