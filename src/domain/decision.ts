import type { Instant } from './instant.ts';

/** One decision with everything that it rests on (F39). `input` holds the values that were read, by field. */
export type Decision = {
  readonly at: Instant;
  readonly module: string;
  readonly object: string;
  readonly recordId: string;
  readonly epoch: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly result: Readonly<Record<string, unknown>>;
  readonly writes: Readonly<Record<string, unknown>>;
};
