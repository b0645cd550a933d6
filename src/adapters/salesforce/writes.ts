import { z } from 'zod';
import { AppError } from '../../domain/error.ts';
import { isRecordId, to18 } from '../../domain/record-id.ts';
import type { RecordWrite, RowFate } from '../../ports.ts';
import { compositeBody, readComposite, type SubAnswer, type SubRequest } from './composite.ts';
import { recoveryOf } from './error-codes.ts';
import { ApiError, codeOfApiError, malformedAnswer, pickDecisive, readShape } from './refusal.ts';
import type { Session } from './session.ts';
import { leavesOutcomeOpen } from './transport-failure.ts';

/** Records of each collection, and so of each transaction in the org; five collections to a composite call. */
export const FULL: readonly number[] = [200, 200, 200, 200, 200];

const MOST_RECORDS = 1_000;

/**
 * Sent with every write, to whatever object. Without the first the org's assignment rules take every lead that we
 * touch (F31); duplicate rules stay in force, and their answer must not carry the records that match (F35).
 */
const WRITE_HEADERS: Readonly<Record<string, string>> = {
  'Sforce-Auto-Assign': 'FALSE',
  'Sforce-Duplicate-Rule-Header': 'allowSave=false; includeRecordDetails=false',
  'Sforce-Call-Options': 'client=rolecall',
};

/**
 * Writes up to 1,000 records in one call, each on its own; fates in the order of the records.
 * A record that cannot be sent, or whose id came before in the same call, is refused by us and holds nobody back.
 * @throws AppError when the org refused the whole call or was never reached: then no record was written
 */
export async function writeRecords(
  session: Session,
  apiVersion: string,
  write: {
    readonly kind: 'update' | 'create';
    readonly object: string;
    readonly records: readonly RecordWrite[];
    readonly sizes: readonly number[];
  },
  signal: AbortSignal,
): Promise<readonly RowFate[]> {
  if (write.records.length > MOST_RECORDS) throw tooMany(write.records.length);
  const drafts = draftRecords(write);
  const sendable = drafts.filter((draft): draft is Draft => 'body' in draft);
  const sent = sendable.length === 0 ? [] : await sendDrafts(session, apiVersion, write, sendable, signal);
  const fates = sent.values();
  return drafts.map((draft) =>
    'body' in draft ? (fates.next().value ?? unknownFate(malformedAnswer(write.kind))) : draft,
  );
}

/** A record ready to send; the id is null for a create. */
type Draft = { readonly id: string | null; readonly body: Readonly<Record<string, unknown>> };

function draftRecords({
  kind,
  object,
  records,
}: Omit<Parameters<typeof writeRecords>[2], 'sizes'>): readonly (Draft | RowFate)[] {
  const seen = new Set<string>();
  return records.map(({ id, fields }) => {
    const attributes = { type: object };
    if (kind === 'create') return { id: null, body: { attributes, ...fields } };
    if (id === undefined || !isRecordId(id))
      return refusedByUs('bad-id', `${object}: "${id ?? ''}" is not an id`, 'dead-letter');
    const id18 = to18(id);
    if (seen.has(id18)) return refusedByUs('duplicate-id', `${object} ${id18} stands twice in one call`, 'retry');
    seen.add(id18);
    return { id: id18, body: { attributes, id: id18, ...fields } };
  });
}

async function sendDrafts(
  session: Session,
  apiVersion: string,
  { kind, sizes }: { readonly kind: 'update' | 'create'; readonly sizes: readonly number[] },
  drafts: readonly Draft[],
  signal: AbortSignal,
): Promise<readonly RowFate[]> {
  const starts = sizes.map((_, index) => sizes.slice(0, index).reduce((sum, size) => sum + size, 0));
  const chunks = starts
    .map((start, index) => drafts.slice(start, start + sizes[index]!))
    .filter((chunk) => chunk.length > 0);
  try {
    const answers = await sendChunks(session, apiVersion, kind, chunks, signal);
    return chunks.flatMap((chunk, index) => readChunk(answers[index] ?? null, chunk, kind));
  } catch (error) {
    if (error instanceof AppError && leavesOutcomeOpen(error)) return drafts.map(() => unknownFate(error));
    throw error;
  }
}

async function sendChunks(
  session: Session,
  apiVersion: string,
  kind: 'update' | 'create',
  chunks: readonly (readonly Draft[])[],
  signal: AbortSignal,
): Promise<readonly SubAnswer[]> {
  const method = kind === 'update' ? 'PATCH' : 'POST';
  const bodies = chunks.map((chunk) => ({ allOrNone: false, records: chunk.map(({ body }) => body) }));
  if (bodies.length === 1) {
    const path = '/composite/sobjects';
    return [{ body: await session.write({ kind, method, path, body: bodies[0], headers: WRITE_HEADERS }, signal) }];
  }
  // The headers of the outer call do not reach the sub-requests.
  const subRequests = bodies.map((body): SubRequest => ({
    method,
    url: `/services/data/v${apiVersion}/composite/sobjects`,
    body,
    httpHeaders: WRITE_HEADERS,
  }));
  const body = compositeBody(subRequests);
  const answer = await session.write(
    { kind, method: 'POST', path: '/composite', body, headers: WRITE_HEADERS },
    signal,
  );
  return readComposite(answer, chunks.length, kind);
}

const RowResult = z.object({
  id: z.string().nullish(),
  success: z.boolean(),
  errors: z.array(ApiError).default([]),
});
type RowResult = z.infer<typeof RowResult>;

/** The fates of one collection: all unknown when its answer is short, broken or absent, for rows match by place only. */
function readChunk(answer: SubAnswer, chunk: readonly Draft[], kind: 'update' | 'create'): readonly RowFate[] {
  if (answer instanceof AppError) {
    const fate = leavesOutcomeOpen(answer) ? unknownFate(answer) : refusedByOrg(answer);
    return chunk.map(() => fate);
  }
  try {
    const results = readShape(z.array(RowResult).length(chunk.length), answer?.body, kind);
    return results.map((result, index) => readRow(result, chunk[index]?.id ?? null, kind));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return chunk.map(() => unknownFate(error));
  }
}

function readRow(result: RowResult, sentId: string | null, kind: 'update' | 'create'): RowFate {
  if (!result.success) return refusedRow(result.errors);
  if (typeof result.id !== 'string' || !isRecordId(result.id)) throw malformedAnswer(kind);
  const id = to18(result.id);
  if (sentId !== null && id !== sentId) throw malformedAnswer(kind);
  return { kind: 'applied', id };
}

function refusedRow(errors: readonly ApiError[]): RowFate {
  const error = pickDecisive(errors);
  const code = codeOfApiError(error);
  return {
    kind: 'refused',
    code,
    message: error.message,
    fields: error.fields ?? [],
    recovery: recoveryOf(code, error.message),
  };
}

function refusedByOrg({ code, message, recovery }: AppError): RowFate {
  return { kind: 'refused', code, message, fields: [], recovery };
}

function refusedByUs(code: string, message: string, recovery: 'retry' | 'dead-letter'): RowFate {
  return { kind: 'refused', code, message, fields: [], recovery };
}

function unknownFate(cause: AppError): RowFate {
  return { kind: 'unknown', cause };
}

function tooMany(count: number): AppError {
  return new AppError({
    code: 'too-many-records',
    recovery: 'stop',
    message: `${count} records in one write, at most ${MOST_RECORDS} are allowed`,
  });
}
