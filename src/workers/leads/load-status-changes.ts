import { AppError } from '../../domain/error.ts';
import { readInstant, type Instant } from '../../domain/instant.ts';
import type { Row } from '../../domain/record.ts';
import { quoteList, selectWhere } from '../../poll/soql.ts';
import type { LeadPass } from './lead-pass.ts';

/** A change of a lead's Status as the org's field history tells it. */
export type StatusChange = { readonly status: string; readonly by: string; readonly at: Instant };

/**
 * The newest change of the Status of each lead, in one call for up to 1,000 of them. A lead has no entry when the org
 * keeps no history of the field, or kept none when it changed; none has where the history cannot be read.
 */
export async function loadStatusChanges(
  leadIds: readonly string[],
  { salesforce, signal }: Pick<LeadPass, 'salesforce' | 'signal'>,
): Promise<ReadonlyMap<string, StatusChange>> {
  if (leadIds.length === 0) return new Map();
  const where = `LeadId IN (${quoteList(leadIds)}) AND Field = 'Status'`;
  const columns = ['LeadId', 'NewValue', 'CreatedById', 'CreatedDate'];
  const soql = `${selectWhere('LeadHistory', columns, where)} ORDER BY CreatedDate, Id`;
  try {
    const [rows = []] = await salesforce.queryTogether([{ soql }], signal);
    return new Map(rows.map((row) => [String(row['LeadId']), readChange(row)]));
  } catch (error) {
    // The history of leads is an object of its own, which the integration user may not be allowed to see.
    if (error instanceof AppError && (error.code === 'INVALID_TYPE' || error.code === 'INVALID_FIELD'))
      return new Map();
    throw error;
  }
}

function readChange(row: Row): StatusChange {
  const { NewValue: status, CreatedById: by, CreatedDate: at } = row;
  return { status: String(status), by: String(by), at: readInstant(String(at)) };
}
