import type { OrgClock } from './org-clock.ts';
import type { IdSource } from './record-ids.ts';
import type { Store } from './store.ts';
import type { Transactions } from './transactions.ts';
import { SandboxError } from './types.ts';
import type { ObjectSchema, StoredRecord } from './types.ts';

/** The customer's own automation on one object, as an admin would have built it. */
export type SaveRule = {
  readonly object: string;
  /** Looks at the record about to be saved; null when it has no objection. `before` is null on a create. */
  check(record: StoredRecord, before: StoredRecord | null, by: WriteContext): SandboxError | null;
};

/** A flow that changes the record while it is saved. */
export type SaveFlow = {
  readonly object: string;
  change(record: StoredRecord, before: StoredRecord | null, by: WriteContext): StoredRecord;
};

/** What an admin has set up and a test may change while the org runs. */
export type OrgSetup = {
  /** The active lead assignment rule: the owner it gives, or null to leave the lead alone. */
  leadAssignment: ((lead: StoredRecord) => string | null) | null;
  rules: readonly SaveRule[];
  flows: readonly SaveFlow[];
  /** Deletions before this instant are purged from the delete log; null: after 15 days. */
  deleteLogStart: number | null;
  /** So many ids the `updated` and `deleted` resources list at most. */
  mostReplicatedIds: number;
  /** Fields (lower-case `object.field`) and objects (lower-case) that the API user may not see. */
  readonly hidden: Set<string>;
  /** Ids that sharing keeps from the API user. */
  readonly unshared: Set<string>;
};

/** Who writes, when, and with which switches. */
export type WriteContext = {
  readonly userId: string;
  /** The stamp of the transaction, ms. */
  readonly at: number;
  /** Whether field-level security and sharing of the API user hold. */
  readonly isApi: boolean;
  /** `Sforce-Auto-Assign`: whether the assignment rule runs. */
  readonly isAutoAssigned: boolean;
  /** `Sforce-Duplicate-Rule-Header: allowSave=true`. */
  readonly allowsDuplicates: boolean;
};

/** Everything one org consists of, for the parts that work on it. */
export type World = {
  readonly organizationId: string;
  readonly clock: OrgClock;
  readonly random: () => number;
  readonly ids: IdSource;
  readonly schema: Map<string, ObjectSchema>;
  readonly store: Store;
  readonly transactions: Transactions;
  readonly setup: OrgSetup;
};

/** The schema of an object as the writer sees it. @throws SandboxError INVALID_TYPE */
export function demandObject(world: World, name: string, isApi: boolean): ObjectSchema {
  const schema = seenObject(world, name, isApi);
  if (schema === undefined) {
    throw new SandboxError(
      'INVALID_TYPE',
      `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the ` +
        `'__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
    );
  }
  return schema;
}

/** The schema of an object without what is hidden from the API user; undefined when there is none. */
export function seenObject(world: World, name: string, isApi: boolean): ObjectSchema | undefined {
  const object = name.toLowerCase();
  const schema = world.schema.get(object);
  if (schema === undefined || !isApi || world.setup.hidden.size === 0) return schema;
  if (world.setup.hidden.has(object)) return undefined;
  const fields = new Map([...schema.fields].filter(([field]) => !world.setup.hidden.has(`${object}.${field}`)));
  return fields.size === schema.fields.size ? schema : { ...schema, fields };
}

/** The name of the object that an id belongs to by its prefix; undefined for an unknown prefix. */
export function objectOfId(world: World, id: string): string | undefined {
  const prefix = id.slice(0, 3);
  for (const schema of world.schema.values()) {
    if (schema.keyPrefix === prefix) return schema.name;
  }
  return undefined;
}
