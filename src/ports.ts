import type { AppError, Recovery } from './domain/error.ts';
import type { Instant } from './domain/instant.ts';
import type { Fields, Row } from './domain/record.ts';

/** One page of a query, in the order asked for. `isLast` comes from `done`, never from the page's length. */
export type Page = {
  readonly rows: readonly Row[];
  /** The number of rows that the query found when it started. */
  readonly totalSize: number;
  readonly isLast: boolean;
};

/** A record to write: `Id` for an update, none for a create. Only the fields named are sent; null clears. */
export type RecordWrite = { readonly id?: string; readonly fields: Fields };

/**
 * What became of one record of a write, in the order of the request.
 * `unknown`: the answer was lost or malformed, the record may or may not be written: look before you write again (F38a).
 */
export type RowFate =
  | { readonly kind: 'applied'; readonly id: string }
  | {
      readonly kind: 'refused';
      /** Salesforce's code, `FIELD_CUSTOM_VALIDATION_EXCEPTION`. */
      readonly code: string;
      readonly message: string;
      readonly fields: readonly string[];
      readonly recovery: Recovery;
    }
  | { readonly kind: 'unknown'; readonly cause: AppError };

export type FieldDescription = {
  readonly name: string;
  /** Salesforce's type: `string`, `picklist`, `reference`, `datetime`, … */
  readonly type: string;
  readonly length: number;
  readonly isCreateable: boolean;
  readonly isUpdateable: boolean;
  readonly isFilterable: boolean;
  readonly isNillable: boolean;
  readonly isExternalId: boolean;
  readonly isUnique: boolean;
  readonly isRestrictedPicklist: boolean;
  readonly picklistValues: readonly { readonly value: string; readonly isActive: boolean }[];
  readonly referenceTo: readonly string[];
  readonly relationshipName: string | null;
};

export type ObjectDescription = {
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldDescription>;
};

export type DeletedRows = {
  readonly rows: readonly { readonly id: string; readonly deletedAt: Instant }[];
  readonly earliestAvailable: Instant;
  readonly latestCovered: Instant;
};

/** The org's own allocation of API calls in 24 hours, as the last answer told it; shared by all clients, not monotonic. */
export type ApiUsage = { readonly used: number; readonly limit: number };

/**
 * A Salesforce org. Every method throws AppError, already mapped to a recovery; none retries by itself,
 * but for one new token after a 401.
 */
export interface Salesforce {
  /** Signs in, checks that the API version is offered. @throws AppError fix-config with a mend. */
  connect(signal: AbortSignal): Promise<void>;
  /** The org's clock: the last `Date` header, carried on by a monotonic timer (F24). */
  now(): Instant;
  /** API calls that this process has made, token requests not counted. */
  calls(): number;
  usage(): ApiUsage | null;
  /** Id of the integration user, 18 characters. */
  userId(): string;
  describe(object: string, signal: AbortSignal): Promise<ObjectDescription>;
  /** Pages to the end. `scanAll` also sees the recycle bin and archived activities (`queryAll`). */
  query(soql: string, options: { readonly scanAll?: boolean }, signal: AbortSignal): AsyncIterable<Page>;
  /** Up to five queries in one composite call, each paged to its end; all rows of each, in the order asked for. */
  queryTogether(soql: readonly string[], signal: AbortSignal): Promise<readonly (readonly Row[])[]>;
  /** The `deleted` resource: `from` at most 15 days ago, both cut to the minute, more than a minute apart. */
  deleted(object: string, from: Instant, to: Instant, signal: AbortSignal): Promise<DeletedRows>;
  /** At most 1,000 records: collections of 200, five to a composite call. Every record on its own (`allOrNone: false`). */
  update(object: string, records: readonly RecordWrite[], signal: AbortSignal): Promise<readonly RowFate[]>;
  create(object: string, records: readonly RecordWrite[], signal: AbortSignal): Promise<readonly RowFate[]>;
  close(): Promise<void>;
}
