import { SandboxError } from './types.ts';
import type { StoredRecord } from './types.ts';
import type { SaveRule } from './world.ts';

type When = (record: StoredRecord, before: StoredRecord | null) => boolean;

/** A validation rule: the record that meets the condition is refused with the admin's own words. */
export function validationRule(object: string, when: When, message: string, fields: readonly string[] = []): SaveRule {
  return refuse(object, when, () => new SandboxError('FIELD_CUSTOM_VALIDATION_EXCEPTION', message, 400, fields));
}

/** An alerting duplicate rule: also updates meet it, unless the client says that it may be saved. */
export function duplicateRule(object: string, when: When): SaveRule {
  const rule = refuse(object, when, () => new SandboxError('DUPLICATES_DETECTED', 'Use one of these records?'));
  return { object, check: (record, before, by) => (by.allowsDuplicates ? null : rule.check(record, before, by)) };
}

/** An org whose data storage is full: nothing new is saved, what is there can be changed. */
export function fullStorage(object: string): SaveRule {
  return refuse(object, isNew, () => new SandboxError('STORAGE_LIMIT_EXCEEDED', 'storage limit exceeded'));
}

function isNew(_record: StoredRecord, before: StoredRecord | null): boolean {
  return before === null;
}

/** A trigger of the customer that fails. */
export function failingTrigger(object: string, when: When, cause: string): SaveRule {
  const text = `${object}Trigger: execution of BeforeUpdate\n\ncaused by: ${cause}`;
  return refuse(object, when, () => new SandboxError('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', text));
}

function refuse(object: string, when: When, refusal: () => SandboxError): SaveRule {
  return { object, check: (record, before) => (when(record, before) ? refusal() : null) };
}
