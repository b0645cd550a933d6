import type { StoredRecord } from '../types.ts';
import type { ObjectAutomation, Save } from './object-automation.ts';

/** Contacts and users: the full name follows from its parts. */
export const personAutomation: ObjectAutomation = { derive: personName };

/** `First Last`, without a gap where one is missing. */
export function personName({ record }: Save): StoredRecord {
  const parts = [record['FirstName'], record['LastName']].filter((part) => typeof part === 'string');
  return { Name: parts.join(' ') };
}
