import type { Fields } from '../../domain/record.ts';
import { quoteList, quotePrefix, selectWhere } from '../../poll/soql.ts';
import type { Query, Salesforce } from '../../ports.ts';

/** One lead as the org has it now. */
export type LeadRecord = {
  readonly fields: Fields;
  /** Keys of the handoff tasks that were ever made for it, closed and deleted ones among them. */
  readonly handoffKeys: ReadonlySet<string>;
};

/**
 * Reads leads with our tasks about them, in one call for up to 1,000 of them.
 * @param taskKey  the key of our tasks; null when none are made
 * @returns by id, oldest lead first; a lead that is gone has no entry
 */
export async function loadLeads(
  ids: readonly string[],
  columns: readonly string[],
  taskKey: string | null,
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, LeadRecord>> {
  const leadQuery = `${selectWhere('Lead', columns, `Id IN (${quoteList(ids)})`)} ORDER BY CreatedDate ASC, Id ASC`;
  const queries: Query[] = [{ soql: leadQuery }];
  if (taskKey !== null) {
    const where = `WhoId IN (${quoteList(ids)}) AND ${taskKey} LIKE ${quotePrefix('handoff:')}`;
    // Deleted tasks too: one that a person deleted is not made again (F38a).
    queries.push({ soql: selectWhere('Task', ['WhoId', taskKey], where), scanAll: true });
  }
  const [leads = [], tasks = []] = await salesforce.queryTogether(queries, signal);
  const keysOf = Map.groupBy(tasks, (row) => String(row['WhoId']));
  return new Map(
    leads.map((fields) => {
      const id = String(fields['Id']);
      const keys = (keysOf.get(id) ?? []).map((row) => String(row[taskKey ?? '']));
      return [id, { fields, handoffKeys: new Set(keys) }];
    }),
  );
}
