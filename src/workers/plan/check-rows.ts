import type { FieldValue, Row } from '../../domain/record.ts';
import { selectByIds } from '../../poll/soql.ts';
import type { Salesforce } from '../../ports.ts';
import { isShown, type PlanRow } from './plan-row.ts';

/**
 * How a record stands to its row. `ready`: as the plan found it. `written`: it shows what was planned. `changed`: neither,
 * with the fields that differ from what the plan found; `Id` when it is gone.
 */
export type RowState =
  | { readonly kind: 'ready' }
  | { readonly kind: 'written' }
  | { readonly kind: 'changed'; readonly fields: readonly string[] };

/** Compares the records of some rows of one object with the plan, in one query. At most 1,000 rows. */
export async function checkRows(
  object: string,
  rows: readonly PlanRow[],
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, RowState>> {
  const fields = new Set(rows.flatMap(({ changes, guard }) => [...Object.keys(changes), ...Object.keys(guard)]));
  const soql = selectByIds(
    object,
    [...fields],
    rows.map(({ id }) => id),
  );
  const shown = new Map<string, Row>();
  for await (const page of salesforce.query({ soql }, signal)) {
    for (const row of page.rows) shown.set(String(row['Id']), row);
  }
  return new Map(rows.map((row) => [row.id, compare(row, shown.get(row.id))]));
}

function compare({ changes, guard }: PlanRow, shown: Row | undefined): RowState {
  if (shown === undefined) return { kind: 'changed', fields: ['Id'] };
  const differs = ([field, value]: readonly [string, FieldValue]): boolean => !isShown(value, shown[field] ?? null);
  const found = [
    ...Object.entries(changes).map(([field, { before }]) => [field, before] as const),
    ...Object.entries(guard).filter(([field]) => !(field in changes)),
  ];
  const changed = found.filter(differs).map(([field]) => field);
  if (changed.length === 0) return { kind: 'ready' };
  const wanted = found.map(([field, before]): readonly [string, FieldValue] => {
    const change = changes[field];
    return [field, change === undefined ? before : change.after];
  });
  return wanted.some(differs) ? { kind: 'changed', fields: changed } : { kind: 'written' };
}
