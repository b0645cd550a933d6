import type { Instant } from '../../domain/instant.ts';
import { addElapsed } from '../calendars/add-open.ts';
import type { Duration } from '../calendars/duration.ts';
import type { ContactRoleRules } from './compile-contact-roles.ts';
import type { RoleRow } from './opportunity-view.ts';

/** Whether somebody put the whole account on the deal instead of its committee (C19). */
export function isBlanket(rules: ContactRoleRules, liveContacts: number, bulkRows: ReadonlySet<string>): boolean {
  const most = rules.source.over_association?.max_contacts ?? Number.POSITIVE_INFINITY;
  return liveContacts > most || bulkRows.size > 0;
}

/** Ids of the rows that one user added in bulk: at least `same_creator` of them within `within`, both ends included. */
export function pickBulkRows(rules: ContactRoleRules, rows: readonly RoleRow[]): ReadonlySet<string> {
  const bulk = rules.source.over_association?.bulk;
  if (bulk === undefined) return new Set();
  const byCreator = Map.groupBy(rows.filter(isDated), (row) => row.createdById);
  return new Set(Array.from(byCreator.values()).flatMap((added) => bulkOf(added, bulk.same_creator, bulk.within)));
}

type DatedRow = RoleRow & { readonly createdById: string; readonly createdAt: Instant };

function isDated(row: RoleRow): row is DatedRow {
  return row.createdById !== null && row.createdAt !== null;
}

function bulkOf(rows: readonly DatedRow[], least: number, within: Duration): readonly string[] {
  const added = rows.toSorted((left, right) => left.createdAt - right.createdAt);
  const bulk = new Set<string>();
  for (const [first, { createdAt }] of added.entries()) {
    const window = added.slice(first).filter((row) => row.createdAt <= addElapsed(createdAt, within));
    if (window.length >= least) for (const row of window) bulk.add(row.id);
  }
  return [...bulk];
}
