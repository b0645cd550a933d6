import { isJson } from '../json.ts';
import type { Json } from '../json.ts';
import { SandboxError } from '../types.ts';

/** A request as the org works on it, from the wire or out of a composite. */
export type OrgRequest = {
  readonly method: string;
  /** Without host and query, percent-encoded as it came. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The text of the body; empty when there is none. */
  readonly body: string;
};

/** What the org answers. `body` undefined: nothing at all; anything but a string goes out as JSON. */
export type Answer = {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The answer for a refusal; what is no refusal is a defect and thrown on. */
export function errorAnswer(cause: unknown): Answer {
  if (!(cause instanceof SandboxError)) throw cause;
  return { status: cause.status, body: [errorBody(cause)] };
}

function errorBody({ message, code, fields }: SandboxError): Json {
  return { message, errorCode: code, ...(fields === null ? {} : { fields }) };
}

/** An error inside a row of a collection or a tree: `statusCode` instead of `errorCode`, and always `fields`. */
export function rowError(cause: unknown): Json {
  if (!(cause instanceof SandboxError)) throw cause;
  return { statusCode: cause.code, message: cause.message, fields: cause.fields ?? [] };
}

/** The refusal of an address that leads nowhere. */
export function notFound(): SandboxError {
  return new SandboxError('NOT_FOUND', 'The requested resource does not exist', 404);
}

/** The refusal of a method that the resource does not have. */
export function methodNotAllowed(method: string, allowed: readonly string[]): SandboxError {
  const text = `HTTP Method '${method}' not allowed. Allowed are ${allowed.join(',')}`;
  return new SandboxError('METHOD_NOT_ALLOWED', text, 405);
}

/** The body of a request as a JSON object. @throws SandboxError JSON_PARSER_ERROR */
export function readJsonObject(request: OrgRequest): Json {
  const value = parseJson(request.body);
  if (isJson(value)) return value;
  throw new SandboxError('JSON_PARSER_ERROR', 'The HTTP entity body is required, and must be a JSON object');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new SandboxError('JSON_PARSER_ERROR', `${detail} at [line:1, column:1]`);
  }
}
