import type { Instant } from './instant.ts';
import type { FieldValue } from './record.ts';

/** One decision with everything that it rests on (F39). `input` holds the values that were read, by field. */
export type Decision = {
  readonly at: Instant;
  readonly module: string;
  readonly object: string;
  readonly recordId: string;
  readonly epoch: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly result: Readonly<Record<string, unknown>>;
  readonly writes: readonly ConfirmedWrite[];
};

/** What the org has confirmed to be written because of a decision: fields with what they held before, or a new record. */
export type ConfirmedWrite =
  | {
      readonly object: string;
      readonly record_id: string;
      readonly fields: Readonly<Record<string, { readonly before: FieldValue; readonly after: FieldValue }>>;
    }
  /** `key` finds a task again. */
  | { readonly object: string; readonly key: string };
