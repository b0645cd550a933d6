import { checkbox, objectOf, picklist, reference, text } from '../schema/field-kinds.ts';
import type { ObjectSchema, StoredRecord } from '../types.ts';

/** What a path finds behind a lookup that points at several objects: `Owner.Name`, `Who.Type`. */
export const NAME_ENTITY: ObjectSchema = objectOf({
  name: 'Name',
  label: 'Name',
  labelPlural: 'Names',
  keyPrefix: '',
  can: 'Q',
  fields: [
    text('Name', 'Name', 'string', 'FSG', 255),
    text('LastName', 'Last Name', 'string', 'NFSG', 80),
    text('FirstName', 'First Name', 'string', 'NFSG', 40),
    picklist('Type', 'Type', 'FSG', 40, []),
    text('Alias', 'Alias', 'string', 'NFSG', 8),
    checkbox('IsActive', 'Active', 'FSG'),
    reference('ProfileId', 'Profile ID', 'NFSG', ['Profile'], 'Profile'),
    text('Title', 'Title', 'string', 'NFSG', 128),
    text('Email', 'Email', 'email', 'NFSG', 80),
    text('Phone', 'Phone', 'phone', 'NFSG', 40),
    text('Username', 'Username', 'string', 'NFSG', 80),
  ],
});

/** A record as the entity `Name` shows it; the Type of a queue is `Queue`. */
export function nameEntityRecord(record: StoredRecord, object: ObjectSchema): StoredRecord {
  const type = object.name === 'Group' && record['Type'] === 'Queue' ? 'Queue' : object.name;
  return { ...record, Name: record['Name'] ?? record['Subject'] ?? null, Type: type };
}

/** The object behind what the entity Name shows. */
export function objectNameOf(record: StoredRecord): string {
  return record['Type'] === 'Queue' ? 'Group' : String(record['Type']);
}
