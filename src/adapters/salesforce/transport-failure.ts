import { AppError } from '../../domain/error.ts';
import type { Exchange } from './transport.ts';

/**
 * Whether the org may have done what a failed call asked of it. Then a write must be looked up before it is sent again.
 * Refusals and connections that were never made leave nothing open.
 */
export function leavesOutcomeOpen(error: AppError): boolean {
  return OPEN_OUTCOMES.has(error.code);
}

/** Whether the failure is one of the network or of an org that is away, and says nothing about what was asked. */
export function isOutage(error: AppError): boolean {
  return error.code === 'org-unreachable' || error.code === 'aborted' || OPEN_OUTCOMES.has(error.code);
}

/** An exchange that brought no whole answer, as AppError. The message names the host only: a path may hold a query. */
export function readTransportFailure(error: unknown, url: string, exchange: Exchange): AppError {
  if (error instanceof AppError) return error;
  const host = new URL(url).host;
  const code = codeOf(error);
  if (exchange.signal?.aborted) {
    return new AppError({
      code: 'aborted',
      recovery: 'retry',
      message: `the ${exchange.kind} call was stopped`,
      cause: error,
    });
  }
  if (code === 'TimeoutError') return timedOut(host, exchange, error);
  if (UNREACHABLE_CODES.has(code) || TLS_CODES.test(code)) return unreachable(host, code, error);
  if (code.startsWith('Z_') || code === 'ERR_BUFFER_TOO_LARGE') return brokenBody(host, exchange, error);
  return lost(host, exchange, error);
}

const OPEN_OUTCOMES: ReadonlySet<string> = new Set([
  'connection-lost',
  'malformed-answer',
  'org-timeout',
  'org-unavailable',
]);

/** Raised before anything was sent. What is not listed may have come later, and leaves the outcome open. */
const UNREACHABLE_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const TLS_CODES = /CERT|TLS|SSL|SELF_SIGNED|ISSUER/;

const MENDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'check SF_LOGIN_URL and that the host accepts connections',
  ENOTFOUND: 'check the host name in SF_LOGIN_URL and the name server',
  EAI_AGAIN: 'check the name server of this machine',
  UND_ERR_CONNECT_TIMEOUT: 'check the network, the firewall and HTTPS_PROXY',
};

/** Undici wraps, and a happy-eyeballs failure gathers several errors in one. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return 'TimeoutError';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error.cause instanceof Error ? codeOf(error.cause) : error.name;
}

function timedOut(host: string, exchange: Exchange, cause: unknown): AppError {
  return new AppError({
    code: 'org-timeout',
    recovery: 'wait',
    message: `${host} did not answer the ${exchange.kind} call within ${exchange.deadlineMs} ms`,
    cause,
  });
}

function brokenBody(host: string, exchange: Exchange, cause: unknown): AppError {
  return new AppError({
    code: 'malformed-answer',
    recovery: 'wait',
    message: `the answer of ${host} to the ${exchange.kind} call is broken`,
    cause,
  });
}

function lost(host: string, exchange: Exchange, cause: unknown): AppError {
  return new AppError({
    code: 'connection-lost',
    recovery: 'wait',
    message: `the connection to ${host} broke during the ${exchange.kind} call`,
    cause,
  });
}

function unreachable(host: string, code: string, cause: unknown): AppError {
  return new AppError({
    code: 'org-unreachable',
    recovery: 'wait',
    message: `${host} cannot be reached: ${code}`,
    mend: MENDS[code] ?? (TLS_CODES.test(code) ? TLS_MEND : 'check the network between here and the org'),
    cause,
  });
}

const TLS_MEND = 'check the certificate of the host, the clock of this machine, and NODE_EXTRA_CA_CERTS behind a proxy';
