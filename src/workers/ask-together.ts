import type { Row } from '../domain/record.ts';
import type { Query, Salesforce } from '../ports.ts';

/** Queries of one composite call. */
const MOST = 5;

/** All rows of any number of queries, in the order asked for; one call for every five of them. */
export async function askTogether(
  queries: readonly Query[],
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<readonly (readonly Row[])[]> {
  const answers: (readonly Row[])[] = [];
  for (let at = 0; at < queries.length; at += MOST) {
    answers.push(...(await salesforce.queryTogether(queries.slice(at, at + MOST), signal)));
  }
  return answers;
}
