import { quoteList, quotePrefix, selectWhere } from '../../poll/soql.ts';
import type { Salesforce } from '../../ports.ts';
import { isEpisodeKey } from '../../rules/contact-roles/read-episode.ts';

/** How many open tasks of ours each of these users has (C18); those that tell of an escalation do not count. One call. */
export async function loadOpenTasks(
  userIds: readonly string[],
  taskKey: string,
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const open = new Map<string, number>();
  const where = `OwnerId IN (${quoteList(userIds)}) AND IsClosed = false AND ${taskKey} LIKE ${quotePrefix('contact-roles:')}`;
  const [rows = []] = await salesforce.queryTogether(
    [{ soql: selectWhere('Task', ['OwnerId', taskKey], where) }],
    signal,
  );
  for (const row of rows) {
    if (!isEpisodeKey(String(row[taskKey]))) continue;
    const owner = String(row['OwnerId']);
    open.set(owner, (open.get(owner) ?? 0) + 1);
  }
  return open;
}

/** More than wait for a slot at a time as a rule; the others are found by their timer. */
const MOST_WAITING = 2_000;

/**
 * The open opportunities that may wait for a free slot, those that get one first foremost (C18). One call.
 * @param ownerIds  whose they are; null for everybody's
 * @param statusField  where the org shows the status, to leave out those without a violation; null asks for all
 */
export async function loadWaiting(
  ownerIds: readonly string[] | null,
  statusField: string | null,
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const ofOwners = ownerIds === null ? '' : ` AND OwnerId IN (${quoteList(ownerIds)})`;
  const inViolation = statusField === null ? '' : ` AND ${statusField} = 'violation'`;
  const order = `ORDER BY Amount DESC NULLS LAST, CloseDate, Id LIMIT ${MOST_WAITING}`;
  const soql = `${selectWhere('Opportunity', [], `IsClosed = false${ofOwners}${inViolation}`)} ${order}`;
  const [rows = []] = await salesforce.queryTogether([{ soql }], signal);
  return rows.map((row) => String(row['Id']));
}
