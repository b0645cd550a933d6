import { z } from 'zod';
import { AppError } from '../../domain/error.ts';
import type { Row } from '../../domain/record.ts';
import type { Page, Query } from '../../ports.ts';
import { compositeBody, readComposite, type SubRequest } from './composite.ts';
import { malformedAnswer, readShape } from './refusal.ts';
import { flattenRecord } from './rows.ts';
import type { Session } from './session.ts';

/** Sub-requests of one composite call that may be queries or collections. */
const MOST_TOGETHER = 5;

/**
 * Pages of one query to its end. The last page is held back until all rows that the query found have come.
 * @throws AppError `incomplete-result` (retry) when the answer breaks off: start again from the last row, by keyset
 */
export async function* queryPages(
  session: Session,
  apiVersion: string,
  query: Query,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const path = queryPath(query);
  const [first] =
    path.length <= LONGEST_PATH
      ? [readShape(QueryAnswer, await session.read({ kind: 'query', method: 'GET', path }, signal), 'query')]
      : await queryFirstPages(session, apiVersion, [query], signal);
  if (first === undefined) throw malformedAnswer('query');
  yield* followPages(session, first, isCount(query), signal);
}

/** All rows of up to five queries, in the order asked for; one call when each fits one page. @throws AppError */
export async function queryTogether(
  session: Session,
  apiVersion: string,
  queries: readonly Query[],
  signal: AbortSignal,
): Promise<readonly (readonly Row[])[]> {
  if (queries.length === 0) return [];
  if (queries.length > MOST_TOGETHER) throw tooMany(queries.length);
  const firstPages = await queryFirstPages(session, apiVersion, queries, signal);
  const results: Row[][] = [];
  for (const [index, query] of queries.entries()) {
    const first = firstPages[index];
    if (first === undefined) throw malformedAnswer('query');
    const rows: Row[] = [];
    for await (const page of followPages(session, first, isCount(query), signal)) rows.push(...page.rows);
    results.push(rows);
  }
  return results;
}

/** The bound is 16,384 bytes for the request line and the headers; a token may take two thousand of them. */
const LONGEST_PATH = 12_000;

const QueryAnswer = z.object({
  totalSize: z.int().nonnegative(),
  done: z.boolean(),
  nextRecordsUrl: z.string().optional(),
  records: z.array(z.record(z.string(), z.unknown())),
});
type QueryAnswer = z.infer<typeof QueryAnswer>;

function queryPath({ soql, scanAll = false }: Query): string {
  return `/${scanAll ? 'queryAll' : 'query'}?q=${encodeURIComponent(soql)}`;
}

/** In a composite call the query stands in the body, where only SOQL's own limit of 100,000 characters holds. */
async function queryFirstPages(
  session: Session,
  apiVersion: string,
  queries: readonly Query[],
  signal: AbortSignal,
): Promise<readonly QueryAnswer[]> {
  const subRequests = queries.map((query): SubRequest => ({
    method: 'GET',
    url: `/services/data/v${apiVersion}${queryPath(query)}`,
  }));
  const answer = await session.read(
    { kind: 'query', method: 'POST', path: '/composite', body: compositeBody(subRequests) },
    signal,
  );
  return readComposite(answer, subRequests.length, 'query').map((sub) => {
    if (sub === null) throw malformedAnswer('query');
    if (sub instanceof AppError) throw sub;
    return readShape(QueryAnswer, sub.body, 'query');
  });
}

async function* followPages(
  session: Session,
  first: QueryAnswer,
  isCountOnly: boolean,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const { totalSize } = first;
  let answer = first;
  let read = 0;
  for (let pages = 1; ; pages++) {
    const rows = answer.records.map(flattenRecord);
    read += rows.length;
    if (answer.done) {
      // Rows that were deleted after the query started are missing from its later pages.
      if (read < totalSize && !isCountOnly) throw incomplete(`${read} of ${totalSize} rows came`);
      yield { rows, totalSize, isLast: true };
      return;
    }
    yield { rows, totalSize, isLast: false };
    const next = answer.nextRecordsUrl;
    if (next === undefined) throw incomplete('a page names no next one, yet is not the last');
    // Every page moves the cursor by a row at least; more pages than rows are a circle.
    if (pages > totalSize) throw incomplete('the pages do not come to an end');
    const more = await session.read({ kind: 'query-more', method: 'GET', path: pathOf(next) }, signal);
    answer = readShape(QueryAnswer, more, 'query-more');
  }
}

/** The link is relative to the host; the host of a full one may be another than the token's, and is dropped. */
function pathOf(link: string): string {
  if (link.startsWith('/services/')) return link;
  if (!URL.canParse(link)) throw incomplete('the link to the next page is not one');
  const url = new URL(link);
  return url.pathname + url.search;
}

/** `SELECT COUNT() …` has its figure in `totalSize`, and no rows. */
function isCount({ soql }: Query): boolean {
  return /^\s*SELECT\s+COUNT\(\s*\)\s/i.test(soql);
}

function incomplete(what: string): AppError {
  return new AppError({
    code: 'incomplete-result',
    recovery: 'retry',
    message: `the result of a query broke off: ${what}`,
  });
}

function tooMany(count: number): AppError {
  return new AppError({
    code: 'too-many-queries',
    recovery: 'stop',
    message: `${count} queries in one call, at most ${MOST_TOGETHER} are allowed`,
  });
}
