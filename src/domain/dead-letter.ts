/** A record that the org or we cannot get any further with, until somebody mends the cause (F35). */
export type DeadLetter = {
  readonly object: string;
  readonly record_id: string;
  readonly module: string;
  readonly code: string;
  readonly message: string;
  readonly fields: readonly string[];
  readonly config_hash: string;
  /** When it was set aside, ISO, by the org's clock. */
  readonly at: string;
  readonly tries: number;
  /** Tells the refused attempt from others; null when no write was refused. */
  readonly attempt: string | null;
};
