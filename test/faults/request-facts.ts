import type { Refusal } from '../../src/sandbox/refusals.ts';
import type { LoggedRequest } from '../../src/sandbox/request-log.ts';
import type { StoredRecord } from '../../src/sandbox/types.ts';

/** One record that the daemon tried to write, whether or not the org took it. */
export type Attempt = {
  readonly request: LoggedRequest;
  /** Place of the request in the log. */
  readonly at: number;
  /** Which part of a composite call; null for a call of its own. */
  readonly part: number | null;
  readonly kind: 'update' | 'create';
  readonly object: string;
  /** Null for a create. */
  readonly id: string | null;
  readonly fields: StoredRecord;
  /** Headers that the write itself got: those of the request, or of its part of a composite call. */
  readonly headers: Readonly<Record<string, string>>;
  /** Why the org did not take it; null when it did, and when nobody can tell because the answer was lost. */
  readonly refusal: Refusal | null;
};

/** All records of all writes, in the order of the log. */
export function attemptsIn(entries: readonly LoggedRequest[]): readonly Attempt[] {
  return entries.flatMap((request, at) => {
    if (request.kind === 'collection') return readAttempts(request, at, null, request);
    if (request.kind !== 'composite') return [];
    return partsOf(request).flatMap(({ method, body, httpHeaders }, part) =>
      readAttempts(request, at, part, { method, body, headers: lowered(httpHeaders ?? {}) }),
    );
  });
}

/** Requests that write past collections, which the daemon never sends: deletes, single records, trees. */
export function oddWritesIn(entries: readonly LoggedRequest[]): readonly LoggedRequest[] {
  return entries.filter(
    ({ method, kind }) => method !== 'GET' && !['token', 'collection', 'composite', 'identity'].includes(kind),
  );
}

/** What a request asks, decoded: its path, and the paths of the parts of a composite call. */
export function textOf(request: LoggedRequest): string {
  if (request.kind !== 'composite') return request.path;
  return partsOf(request)
    .map(({ url }) => decodeURIComponent(url ?? ''))
    .join('\n');
}

/** Every query that a request asks. */
export function soqlIn(request: LoggedRequest): readonly string[] {
  return textOf(request)
    .split('\n')
    .flatMap((text) => /\/query(?:All)?\/?\?q=(.*)$/s.exec(text)?.[1] ?? []);
}

/** Whether the client got the whole answer of the org, and it was no refusal. */
export function isAnswered({ status, isCut, isForged }: LoggedRequest): boolean {
  return status === 200 && !isCut && !isForged;
}

/** Whether the request reads the record by its id, and was answered. */
export function reads(request: LoggedRequest, id: string): boolean {
  return isAnswered(request) && /SELECT /.test(textOf(request)) && textOf(request).includes(id);
}

type Part = {
  readonly method?: string;
  readonly url?: string;
  readonly body?: unknown;
  readonly httpHeaders?: Readonly<Record<string, string>>;
};

function partsOf({ body }: LoggedRequest): readonly Part[] {
  return (body as { readonly compositeRequest?: readonly Part[] } | null)?.compositeRequest ?? [];
}

type Sent = {
  readonly method?: string | undefined;
  readonly body?: unknown;
  readonly headers: Readonly<Record<string, string>>;
};

function readAttempts(
  request: LoggedRequest,
  at: number,
  part: number | null,
  { method, body, headers }: Sent,
): readonly Attempt[] {
  const records = (body as { readonly records?: readonly Record<string, unknown>[] } | null)?.records ?? [];
  return records.map(({ attributes, id, ...fields }, row) => ({
    request,
    at,
    part,
    kind: method === 'POST' ? 'create' : 'update',
    object: String((attributes as { readonly type?: string } | undefined)?.type),
    id: typeof id === 'string' ? id : null,
    fields: fields as StoredRecord,
    headers,
    refusal: refusalOf(request, part, row),
  }));
}

function refusalOf({ refusals, isCut }: LoggedRequest, part: number | null, row: number): Refusal | null {
  if (isCut) return null;
  return refusals.find((told) => told.part === part && (told.row === row || told.row === null)) ?? null;
}

function lowered(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
