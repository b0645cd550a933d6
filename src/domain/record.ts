/** What a Salesforce field holds, as REST gives it. Dates and date/times are strings; null is known to be absent. */
export type FieldValue = string | number | boolean | null;

/**
 * Fields by the names that rule writers know: API names, and relationship paths with dots (`RecordType.DeveloperName`).
 * A field that was not read has no key.
 */
export type Fields = Readonly<Record<string, FieldValue>>;

/** One row of a query: its fields, `Id` among them (18 characters), relationships flattened to dotted keys. */
export type Row = Fields;

/** A user as routing and calendars need one. */
export type User = {
  readonly id: string;
  readonly username: string;
  readonly email: string | null;
  readonly isActive: boolean;
  readonly managerId: string | null;
  /** IANA time zone (`TimeZoneSidKey`). */
  readonly timeZone: string | null;
};

/** A queue and the objects it may own; null when the org does not tell. */
export type OrgQueue = {
  readonly id: string;
  readonly developerName: string;
  readonly objects: ReadonlySet<string> | null;
};
