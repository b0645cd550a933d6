import { AppError } from '../domain/error.ts';
import type { RecordWrite, RowFate, Salesforce } from '../ports.ts';
import { planCalls, type SharedRow } from '../write-back/plan-calls.ts';

export type RowToSend = SharedRow & { readonly write: RecordWrite };

/**
 * Sends rows in as few calls as their locks allow, one call after the other.
 * A later call that cannot be made does not take the answers of the earlier ones with it: its rows are looked at again.
 * Nor are further calls made behind one whose outcome nobody knows: the org may be away, and is asked once.
 * @returns fates in the order of the rows, and how many calls were answered
 * @throws AppError when the first call was refused as a whole: then nothing was written
 */
export async function sendRows(
  action: 'update' | 'create',
  object: string,
  rows: readonly RowToSend[],
  salesforce: Pick<Salesforce, 'update' | 'create'>,
  signal: AbortSignal,
): Promise<{ readonly answers: readonly RowFate[]; readonly calls: number }> {
  const answers = new Map<number, RowFate>();
  let calls = 0;
  let rest: RowFate | undefined;
  try {
    for (const chunks of planCalls(rows)) {
      const places = chunks.flat();
      const records = places.map((place) => rows[place]!.write);
      const sizes = chunks.map(({ length }) => length);
      const fates = await salesforce[action](object, records, signal, sizes);
      for (const [index, place] of places.entries()) answers.set(place, fates[index]!);
      calls++;
      if (fates.every(({ kind }) => kind === 'unknown')) {
        rest = { kind: 'unknown', cause: NOT_SENT };
        break;
      }
    }
  } catch (error) {
    if (calls === 0 || !(error instanceof AppError)) throw error;
    rest = { kind: 'unknown', cause: error };
  }
  return { answers: rows.map((_, place) => answers.get(place) ?? rest!), calls };
}

const NOT_SENT = new AppError({
  code: 'not-sent',
  recovery: 'wait',
  message: 'the call before this one had no answer that tells what became of it',
});
