import { z } from 'zod';
import { AppError } from '../../domain/error.ts';
import { readInstant, type Instant } from '../../domain/instant.ts';
import { to18 } from '../../domain/record-id.ts';
import type { DeletedRows, UpdatedRows } from '../../ports.ts';
import { malformedAnswer, readShape } from './refusal.ts';
import type { Session } from './session.ts';

const MINUTE = 60_000;

/**
 * The rows that the `deleted` resource names between two minutes. Both ends are cut to the minute here, as the org does
 * anyway, so that what was asked for is what was answered.
 * Source: REST API Developer Guide, "Get Deleted": 15 days back, more than a minute apart.
 * @throws AppError `window-too-short` (retry) without a call; `INVALID_REPLICATION_DATE` (retry) when rows were purged
 */
export async function readDeleted(
  session: Session,
  object: string,
  from: Instant,
  to: Instant,
  signal: AbortSignal,
): Promise<DeletedRows> {
  if (cutToMinute(to) - cutToMinute(from) <= MINUTE) throw tooShort(object);
  const path = pathOf('deleted', object, from, to);
  const answer = readShape(
    DeletedAnswer,
    await session.read({ kind: 'deleted', method: 'GET', path }, signal),
    'deleted',
  );
  try {
    return {
      rows: answer.deletedRecords.map(({ id, deletedDate }) => ({ id: to18(id), deletedAt: readInstant(deletedDate) })),
      earliestAvailable: readInstant(answer.earliestDateAvailable),
      latestCovered: readInstant(answer.latestDateCovered),
    };
  } catch (error) {
    throw malformedAnswer('deleted', error);
  }
}

/**
 * Ids of the living records that changed between two minutes, and up to when the org vouches that all is committed.
 * Source: REST API Developer Guide, "Get Updated": 30 days back, 600,000 ids at most.
 * @throws AppError `EXCEEDED_ID_LIMIT` (retry): ask for less; `INVALID_REPLICATION_DATE` (retry): too far back
 */
export async function readUpdated(
  session: Session,
  object: string,
  from: Instant,
  to: Instant,
  signal: AbortSignal,
): Promise<UpdatedRows> {
  if (cutToMinute(to) - cutToMinute(from) < MINUTE) throw tooShort(object);
  const path = pathOf('updated', object, from, to);
  const answer = readShape(
    UpdatedAnswer,
    await session.read({ kind: 'updated', method: 'GET', path }, signal),
    'updated',
  );
  try {
    return { ids: answer.ids.map(to18), latestCovered: readInstant(answer.latestDateCovered) };
  } catch (error) {
    throw malformedAnswer('updated', error);
  }
}

const UpdatedAnswer = z.object({ ids: z.array(z.string()), latestDateCovered: z.string() });

const DeletedAnswer = z.object({
  deletedRecords: z.array(z.object({ id: z.string(), deletedDate: z.string() })),
  earliestDateAvailable: z.string(),
  latestDateCovered: z.string(),
});

function pathOf(resource: 'deleted' | 'updated', object: string, from: Instant, to: Instant): string {
  const [start, end] = [from, to].map((at) => encodeURIComponent(writeSeconds(cutToMinute(at))));
  return `/sobjects/${encodeURIComponent(object)}/${resource}/?start=${start}&end=${end}`;
}

function cutToMinute(at: Instant): Instant {
  return at - (at % MINUTE);
}

/** With an offset in digits, the only form that the guide shows. */
function writeSeconds(at: Instant): string {
  return new Date(at).toISOString().replace('.000Z', '+00:00');
}

function tooShort(object: string): AppError {
  return new AppError({
    code: 'window-too-short',
    recovery: 'retry',
    message: `${object}: a window of changes must span more than a minute`,
    mend: 'ask again a minute later',
  });
}
