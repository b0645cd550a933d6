/**
 * What the parts of the sandbox org agree on. Nothing here is shared with the rest of the program.
 * Objects and fields are found case-insensitively, as in SOQL, and spelt as in Salesforce in every answer.
 */
export type SandboxValue = string | number | boolean | null;

/** A stored record by exact field name. Date/times are stored as `2026-05-01T07:25:37.000+0000`, dates as `2026-05-01`. */
export type StoredRecord = Record<string, SandboxValue>;

export type FieldType =
  | 'id'
  | 'string'
  | 'picklist'
  | 'multipicklist'
  | 'combobox'
  | 'boolean'
  | 'int'
  | 'double'
  | 'currency'
  | 'percent'
  | 'date'
  | 'datetime'
  | 'email'
  | 'phone'
  | 'url'
  | 'textarea'
  | 'reference'
  | 'address';

export type PicklistEntry = {
  readonly value: string;
  readonly label: string;
  readonly active: boolean;
  readonly defaultValue: boolean;
};

export type FieldSchema = {
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  /** Characters; 0 where the type has none. */
  readonly length: number;
  readonly precision: number;
  readonly scale: number;
  readonly nillable: boolean;
  readonly createable: boolean;
  readonly updateable: boolean;
  readonly filterable: boolean;
  readonly sortable: boolean;
  readonly groupable: boolean;
  readonly custom: boolean;
  readonly calculated: boolean;
  readonly defaultedOnCreate: boolean;
  readonly defaultValue: SandboxValue;
  readonly externalId: boolean;
  readonly unique: boolean;
  readonly caseSensitive: boolean;
  readonly idLookup: boolean;
  readonly restrictedPicklist: boolean;
  readonly picklistValues: readonly PicklistEntry[];
  readonly referenceTo: readonly string[];
  readonly relationshipName: string | null;
};

export type ChildRelationship = {
  readonly relationshipName: string;
  readonly childSObject: string;
  readonly field: string;
};

export type ObjectSchema = {
  readonly name: string;
  readonly label: string;
  readonly labelPlural: string;
  readonly keyPrefix: string | null;
  readonly custom: boolean;
  readonly queryable: boolean;
  readonly createable: boolean;
  readonly updateable: boolean;
  readonly deletable: boolean;
  readonly undeletable: boolean;
  readonly replicateable: boolean;
  readonly mergeable: boolean;
  /** In describe order, by lower-case name. */
  readonly fields: ReadonlyMap<string, FieldSchema>;
  readonly childRelationships: readonly ChildRelationship[];
};

/** The org as one query sees it: committed records only, as the querying user may see them. */
export type QueryableOrg = {
  /** Case-insensitive; undefined when the object does not exist or is hidden. Fields hidden by FLS are absent. */
  object(name: string): ObjectSchema | undefined;
  /** All committed records of an object, in no meaningful order; with `scanAll` those in the recycle bin too. */
  records(object: string, scanAll: boolean): Iterable<StoredRecord>;
  /** A committed record by its 18-character id, or undefined: purged, hidden, or (without `scanAll`) deleted. */
  record(id: string, scanAll: boolean): StoredRecord | undefined;
  /**
   * The committed records whose `Id`, reference or unique key field holds one of the values (ids of 18 characters), each once,
   * in no meaningful order; undefined when the org keeps no index of that field.
   */
  recordsBy?(
    object: string,
    field: string,
    values: readonly string[],
    scanAll: boolean,
  ): Iterable<StoredRecord> | undefined;
  /** The org's clock, ms. */
  now(): number;
  /** The querying user's id. */
  userId(): string;
};

/**
 * A parsed and checked query, run against the org. Throws SandboxError with Salesforce's code and text.
 * A cursor is a snapshot of ids; rows are read again when their page is rendered, so a deleted row vanishes.
 */
export type PreparedQuery = {
  readonly object: string;
  /** Ids of the matching rows, in the order asked for; ties in arbitrary (shuffled) order. Empty for aggregates. */
  ids(): readonly string[];
  /** The record as REST shows it, `attributes` first; null when it has vanished meanwhile. */
  render(id: string): Record<string, unknown> | null;
  /** Ready rows of `COUNT()`, `GROUP BY` and aggregate functions; null for a plain query. */
  aggregate(): { readonly totalSize: number; readonly records: readonly Record<string, unknown>[] } | null;
};

/** What the org answers instead of doing what was asked. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
  readonly code: string;
  readonly status: number;
  readonly fields: readonly string[] | null;

  constructor(code: string, message: string, status = 400, fields: readonly string[] | null = null) {
    super(message);
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}
