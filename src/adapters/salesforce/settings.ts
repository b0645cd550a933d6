import type { ApiBudget, ApiUsage, BudgetStanding } from '../../domain/api-budget.ts';
import type { SignInFlow } from '../../domain/sign-in-flow.ts';
import type { CallLedger } from '../../ports.ts';

/** Keeps a rotated refresh token, which is worth a sign-in and is handed out once. */
export type RotatedTokens = {
  /** The token kept last; null when none was ever rotated. */
  load(): Promise<string | null>;
  /** Resolves only when the token is safe: the access token that came with it is used afterwards. */
  save(token: string): Promise<void>;
};

/** Milliseconds; each but `connectMs` covers the headers and the whole body of one answer. */
export type Deadlines = {
  readonly connectMs: number;
  readonly tokenMs: number;
  readonly readMs: number;
  /** Longer than a read's: a write that is given up may still be committed, and must then be looked up. */
  readonly writeMs: number;
};

export type CallKind =
  | 'token'
  | 'versions'
  | 'describe'
  | 'query'
  | 'query-more'
  | 'deleted'
  | 'updated'
  | 'update'
  | 'create';

/** One HTTP exchange, told when it ends. */
export type CallReport = {
  readonly kind: CallKind;
  readonly durationMs: number;
  /** HTTP status; null when no whole answer came. */
  readonly status: number | null;
  /** The org's own count, when this answer told it. */
  readonly usage: ApiUsage | null;
  /** Salesforce's `x-sfdc-request-id`, for its support; null when absent. */
  readonly requestId: string | null;
};

export type SalesforceSettings = {
  /** Where tokens are asked for, without a path: `https://login.salesforce.com`, a My Domain, a loopback address. */
  readonly loginUrl: string;
  readonly flow: SignInFlow;
  /** `66.0`. */
  readonly apiVersion: string;
  readonly rotatedTokens: RotatedTokens;
  /** What the replicas of one org share; without it this process counts alone. */
  readonly ledger?: CallLedger;
  /** Has the replicas sign in one after the other; without it this process does as it likes. */
  readonly signInTurns?: { take<T>(signIn: () => Promise<T>): Promise<T> };
  /** What may be spent now; asked again for every call. Without it nothing is held back. */
  readonly budget?: () => ApiBudget;
  /** Told each time that other lanes may call than before. */
  readonly onBudget?: (standing: BudgetStanding) => void;
  /** Requests at the same time over all replicas, token requests included; 5 by default. */
  readonly maxInFlight?: number;
  readonly deadlines?: Partial<Deadlines>;
  /** For pauses and deadlines of our own, ms; the machine's own timer by default. */
  readonly monotonic?: () => number;
  /** Carries the org's clock on between two answers, ms; `monotonic` by default. */
  readonly orgTimer?: () => number;
  readonly onCall?: (report: CallReport) => void;
};

export const DEFAULT_MAX_IN_FLIGHT = 5;

export const DEFAULT_DEADLINES: Deadlines = {
  connectMs: 5_000,
  tokenMs: 30_000,
  readMs: 60_000,
  writeMs: 120_000,
};
