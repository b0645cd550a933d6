import { readInstant } from '../domain/instant.ts';
import type { FieldValue, Row } from '../domain/record.ts';
import type { Page, Urgency } from '../ports.ts';
import { stampOf } from './hand-on.ts';
import type { Window } from './keyset.ts';

/** More rows in one pass than people make: a load, a mass update, an outage. */
const BULK = 2_000;

/** What was made within this time is new to people, ms. */
const NEW = 15 * 60_000;

/** Whoever has edited more rows of a page than this did not do it by hand. */
const BY_HAND = 20;

/** An edit moves both stamps at once, but for the seconds that its transaction takes; what moves one alone is no edit, ms. */
const ONE_EDIT = 60_000;

/**
 * How long each row of a page may wait: in a pass of more rows than people make, only what was just made and what a person
 * has edited meanwhile goes first (XE26).
 */
export function urgencyIn({ rows, totalSize }: Page, { until }: Window): (row: Row) => Urgency {
  if (totalSize <= BULK) return () => 'fresh';
  const edits = new Map<FieldValue, number>();
  for (const row of rows) if (isEdit(row)) edits.set(editor(row), (edits.get(editor(row)) ?? 0) + 1);
  return (row) => {
    const { CreatedDate: created } = row;
    if (typeof created === 'string' && readInstant(created) >= until - NEW) return 'fresh';
    return isEdit(row) && edits.get(editor(row))! <= BY_HAND ? 'fresh' : 'backfill';
  };
}

/** Not just a new stamp, as a renamed picklist value leaves it. */
function isEdit(row: Row): boolean {
  const { LastModifiedDate: at } = row;
  return typeof at === 'string' && readInstant(at) >= stampOf(row) - ONE_EDIT;
}

function editor(row: Row): FieldValue {
  return row['LastModifiedById'] ?? null;
}
