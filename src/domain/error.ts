/**
 * Who can do something about a failure, and what happens to the work meanwhile.
 * `retry`: the same call may succeed soon. `wait`: nothing helps but time (limits, outage, maintenance).
 * `dead-letter`: this record is refused until somebody changes it. `stop`: the daemon cannot go on.
 * `fix-config`: a person must change the configuration, the environment or the org.
 */
export type Recovery = 'retry' | 'wait' | 'dead-letter' | 'stop' | 'fix-config';

export type AppErrorFields = {
  /** Stable and greppable: Salesforce's or the contract's code as it is, else kebab-case. */
  readonly code: string;
  readonly recovery: Recovery;
  /** What is wrong and where. Lower case, no full stop, no personal data, no secret. */
  readonly message: string;
  /** How to put it right, as an instruction; null when there is nothing to do but wait. */
  readonly mend?: string | null;
  /** How long the other side asks us to wait, ms; null when it does not say. */
  readonly retryAfterMs?: number | null;
  readonly cause?: unknown;
};

/** The one error class of the program. Everything that is thrown on purpose is one. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: string;
  readonly recovery: Recovery;
  readonly mend: string | null;
  readonly retryAfterMs: number | null;

  constructor({ code, recovery, message, mend = null, retryAfterMs = null, cause }: AppErrorFields) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.recovery = recovery;
    this.mend = mend;
    this.retryAfterMs = retryAfterMs;
  }
}
