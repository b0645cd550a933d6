import { z } from 'zod';
import { AppError } from '../../domain/error.ts';
import { recoveryOf } from './error-codes.ts';
import type { HttpAnswer } from './transport.ts';

/** One error as REST writes it: `statusCode` in the rows of a collection, `errorCode` everywhere else. */
export const ApiError = z.object({
  errorCode: z.string().optional(),
  statusCode: z.string().optional(),
  message: z.string().default(''),
  fields: z.array(z.string()).nullish(),
});
export type ApiError = z.infer<typeof ApiError>;

export const ApiErrors = z.array(ApiError).min(1);

/** Salesforce's code of an error, wherever it stands; `UNKNOWN_EXCEPTION` when it has none. */
export function codeOfApiError(error: ApiError): string {
  return error.statusCode ?? error.errorCode ?? 'UNKNOWN_EXCEPTION';
}

/** Whether an answer is no refusal and no page of a proxy or of maintenance, which may come as 200 too. */
export function isAccepted(answer: HttpAnswer): boolean {
  return answer.statusCode < 300 && !/^text\/html\b/i.test(answer.headers['content-type'] ?? '');
}

/**
 * The refusal of a whole call, as AppError. A 5xx says nothing about what was done, so it keeps no code of its own.
 * Pages of a proxy or of maintenance, in HTML or empty, are an org that is away (`org-unavailable`, wait).
 */
export function readRefusal(answer: HttpAnswer): AppError {
  const errors = readApiErrors(answer.body);
  const retryAfterMs = readRetryAfter(answer);
  if (errors !== null && answer.statusCode < 500) return refusalOf(errors, answer.statusCode, retryAfterMs);
  if (answer.statusCode === 401) return sessionExpired();
  if (answer.statusCode === 414 || answer.statusCode === 431) return tooLong(answer.statusCode);
  if (answer.statusCode === 429) {
    return refusalOf([{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'HTTP 429' }], 429, retryAfterMs);
  }
  const [first] = errors ?? [];
  return new AppError({
    code: 'org-unavailable',
    recovery: first === undefined ? 'wait' : recoveryOf(codeOfApiError(first), first.message),
    message: `the org is not available: HTTP ${answer.statusCode}${first === undefined ? ', not JSON' : ` ${describeApiError(first)}`}`,
    retryAfterMs,
    mend: answer.statusCode === 420 ? 'check that the org still exists and that its My Domain has not changed' : null,
  });
}

/** The same for a sub-request of a composite call or any list of errors. */
export function refusalOf(errors: readonly ApiError[], status: number, retryAfterMs: number | null = null): AppError {
  const error = pickDecisive(errors);
  const code = codeOfApiError(error);
  if (isConcurrentLimit(error)) return crowded(error, status, retryAfterMs);
  return new AppError({
    code,
    recovery: recoveryOf(code, error.message),
    message: `the org refused: HTTP ${status} ${describeApiError(error)}`,
    mend: MENDS[code] ?? null,
    retryAfterMs,
  });
}

/** One code for two limits: the daily allocation frees up in hours, the places for long calls in seconds. */
function isConcurrentLimit(error: ApiError): boolean {
  return codeOfApiError(error) === 'REQUEST_LIMIT_EXCEEDED' && /concurrent/i.test(error.message);
}

/** Long calls end within seconds to minutes. */
const CROWDED_MS = 5_000;

function crowded(error: ApiError, status: number, retryAfterMs: number | null): AppError {
  return new AppError({
    code: 'concurrent-limit',
    recovery: 'wait',
    message: `too many calls run in the org at the same time: HTTP ${status} ${describeApiError(error)}`,
    mend: 'find what else calls the org for long; rolecall halves its own calls by itself',
    retryAfterMs: retryAfterMs ?? CROWDED_MS,
  });
}

/** `Retry-After` in seconds or as an HTTP date, which is read by the clock that stands beside it. */
function readRetryAfter({ headers }: HttpAnswer): number | null {
  const told = headers['retry-after'];
  if (told === undefined) return null;
  if (/^\s*\d+\s*$/.test(told)) return Number(told) * 1_000;
  const until = Date.parse(told) - (Date.parse(headers['date'] ?? '') || Date.now());
  return Number.isNaN(until) ? null : Math.max(until, 0);
}

/** Of several errors the first that time alone does not cure, else the first. */
export function pickDecisive(errors: readonly ApiError[]): ApiError {
  const isLasting = (error: ApiError): boolean =>
    !['retry', 'wait'].includes(recoveryOf(codeOfApiError(error), error.message));
  return errors.find(isLasting) ?? errors[0] ?? { message: 'no error was named' };
}

/** A 200 whose body is empty, cut off or no JSON: something on the way to the org is broken. */
export function brokenAnswer(what: string): AppError {
  return new AppError({
    code: 'malformed-answer',
    recovery: 'wait',
    message: `the org's answer to the ${what} call is empty, cut off or not JSON`,
  });
}

/** A 200 of another shape than was asked for. */
export function malformedAnswer(what: string, cause?: unknown): AppError {
  return new AppError({
    code: 'malformed-answer',
    recovery: 'retry',
    message: `the org's answer to the ${what} call is not what the API promises`,
    cause,
  });
}

/** Checks the shape of an answer at the edge. @throws AppError `malformed-answer` (retry) */
export function readShape<T>(schema: z.ZodType<T>, body: unknown, what: string): T {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  // Only the places: zod's own error may quote values of records.
  const places = read.error.issues.map((issue) => issue.path.join('.')).slice(0, 3);
  throw malformedAnswer(what, new Error(`unexpected shape at ${places.join(', ') || 'the top'}`));
}

function readApiErrors(body: string): readonly ApiError[] | null {
  try {
    return ApiErrors.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}

/** Parser errors quote the whole query first, with the values of records in it; what is wrong stands behind. */
function describeApiError(error: ApiError): string {
  const text = error.message.split(/ERROR at Row:\d+:Column:\d+\s*/).at(-1) ?? '';
  const plain = text
    .replace(/\s+/g, ' ')
    .replace(/[^\s'"]+@[^\s'"]+/g, '…')
    .trim();
  return `${codeOfApiError(error)}: ${plain.slice(0, 300)}`;
}

function sessionExpired(): AppError {
  return refusalOf([{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }], 401);
}

function tooLong(status: number): AppError {
  return new AppError({
    code: 'request-too-long',
    recovery: 'stop',
    message: `the org refused: HTTP ${status}, request too long`,
  });
}

const MENDS: Readonly<Record<string, string>> = {
  REQUEST_LIMIT_EXCEEDED: 'wait until the daily allocation frees up, or lower `daily_calls`',
  INVALID_FIELD: 'create the field, or give the integration user read access to it (permission set)',
  INVALID_FIELD_FOR_INSERT_UPDATE: 'give the integration user edit access to the field (permission set)',
  INVALID_TYPE: 'check the name of the object and that the integration user may read it',
  API_DISABLED_FOR_ORG: 'give the integration user the permission "API Enabled"; the edition must include the API',
  API_CURRENTLY_DISABLED: 'give the integration user the permission "API Enabled"',
  CLIENT_NOT_ACCESSIBLE_FOR_USER: 'admit the app under API Access Control and give the integration user access to it',
  UNSUPPORTED_API_VERSION: 'set SF_API_VERSION to a version that the org offers',
  STORAGE_LIMIT_EXCEEDED: 'free data storage in the org, or buy more',
  TXN_SECURITY_NO_ACCESS: 'exempt the integration user from the transaction security policy',
  TXN_SECURITY_FAIL_CLOSE: 'exempt the integration user from the transaction security policy',
  TXN_SECURITY_RUNTIME_ERROR: 'exempt the integration user from the transaction security policy',
  TXN_SECURITY_TWO_FA_REQUIRED: 'exempt the integration user from the transaction security policy',
};
