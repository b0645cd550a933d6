import { isJson } from '../json.ts';
import type { Json } from '../json.ts';
import { SandboxError } from '../types.ts';
import type { ApiCall } from './api-call.ts';
import { fillReferences } from './composite-references.ts';
import type { ReferenceBodies } from './composite-references.ts';
import { errorAnswer } from './exchange.ts';
import type { Answer, OrgRequest } from './exchange.ts';

export type Subrequest = {
  readonly method: string;
  readonly url: string;
  readonly referenceId: string;
  readonly httpHeaders: Readonly<Record<string, string>>;
  readonly body: unknown;
};

/** Sends a subrequest to its resource. */
export type Dispatch = (call: ApiCall) => Answer;

/** Reads `compositeRequest`. @throws SandboxError when the list or one of its reference ids is not usable */
export function readSubrequests(list: unknown): readonly Subrequest[] {
  if (!Array.isArray(list)) throw new SandboxError('JSON_PARSER_ERROR', 'compositeRequest must be a list');
  const subrequests = list.map(readSubrequest);
  const ids = new Set(subrequests.map(({ referenceId }) => referenceId));
  if (ids.size < subrequests.length) {
    throw new SandboxError('INVALID_INPUT', 'Duplicate ReferenceId provided. Reference IDs must be unique.');
  }
  return subrequests;
}

function readSubrequest(given: unknown): Subrequest {
  const { method, url, referenceId, httpHeaders, body } = isJson(given) ? given : ({} as Json);
  if (typeof method !== 'string' || typeof url !== 'string' || typeof referenceId !== 'string') {
    throw new SandboxError('MISSING_ARGUMENT', 'Every subrequest needs method, url and referenceId');
  }
  const headers = Object.entries(isJson(httpHeaders) ? httpHeaders : {});
  return {
    method: method.toUpperCase(),
    url,
    referenceId,
    httpHeaders: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), String(value)])),
    body,
  };
}

/**
 * Answers one subrequest. Of the headers of the whole only Accept, Authorization and Content-Type are inherited.
 * (REST API Developer Guide, Composite Subrequest)
 */
export function answerSubrequest(
  call: ApiCall,
  subrequest: Subrequest,
  bodies: ReferenceBodies,
  dispatch: Dispatch,
): Answer {
  try {
    const url = String(fillReferences(subrequest.url, bodies));
    const body = fillReferences(subrequest.body, bodies);
    return dispatch({ ...call, request: requestOf(subrequest, url, body) });
  } catch (cause) {
    return errorAnswer(cause);
  }
}

function requestOf({ method, httpHeaders }: Subrequest, url: string, body: unknown): OrgRequest {
  const { pathname, searchParams } = new URL(url, 'http://subrequest.invalid');
  const text = body === undefined || body === null ? '' : JSON.stringify(body);
  return { method, path: pathname, query: searchParams, headers: httpHeaders, body: text };
}

/** A subrequest's part of the answer; 204 and the like have a null body. */
export function subresponse({ referenceId }: Subrequest, answer: Answer): Json {
  const location = answer.headers?.['location'];
  return {
    body: answer.body ?? null,
    httpHeaders: location === undefined ? {} : { Location: location },
    httpStatusCode: answer.status,
    referenceId,
  };
}

/** Whether a subrequest takes an all-or-none transaction down. */
export function hasFailed({ status }: Answer): boolean {
  return status >= 400 || status === 300;
}

/** The place of a subrequest that had to go with another one. */
export function halted(text: string): Answer {
  return errorAnswer(new SandboxError('PROCESSING_HALTED', text));
}

/** What Salesforce says of the parts that did not fail themselves. */
export const ROLLED_BACK = 'The transaction was rolled back since another operation in the same transaction failed.';
