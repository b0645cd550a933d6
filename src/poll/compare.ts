import { AppError } from '../domain/error.ts';
import type { Instant } from '../domain/instant.ts';
import type { Row } from '../domain/record.ts';
import type { Observer } from '../observe/events.ts';
import type { Inventory, Salesforce, State, WorkQueues } from '../ports.ts';
import { stampOf } from './hand-on.ts';
import { quoteList, quoteSoql, selectWhere, soqlInstant } from './soql.ts';
import type { Stream, Touch } from './streams.ts';

export type CompareWorld = {
  readonly salesforce: Salesforce;
  readonly queues: WorkQueues;
  readonly state: State;
  readonly inventory: Inventory;
  readonly observer: Observer;
};

/** One object in one run of reconciliation. */
export type Comparison = {
  readonly stream: Stream;
  readonly run: number;
  readonly startAt: Instant;
  /** What is stamped from here on is still the polls' own business. */
  readonly cut: Instant;
  /** Whether all that is met is looked at again: inputs may have changed without a stamp (F29). */
  readonly rereads: boolean;
};

/** What one step has found, and where the next one goes on; null when this was the last. */
export type Step = { readonly next: string | null; readonly records: number; readonly gaps: number };

/** Records of one step: a page. */
const STEP = 2_000;

/**
 * Compares a part of the records in scope, in the order of their ids, with what was handed on (F28). What the polls have
 * missed is handed on now.
 * @param after the last id of the step before; null at the beginning
 */
export async function compareNext(
  comparison: Comparison,
  after: string | null,
  world: CompareWorld,
  signal: AbortSignal,
): Promise<Step> {
  const { stream, run, startAt, cut, rereads } = comparison;
  const { object, scope = '' } = stream;
  const { salesforce, inventory } = world;
  const behind = after === null ? '' : ` AND Id > ${quoteSoql(after)}`;
  const where = `${scope} AND SystemModstamp >= ${soqlInstant(startAt)}${behind}`;
  const soql = `${selectWhere(object, ['SystemModstamp', ...stream.fields], where)} ORDER BY Id ASC LIMIT ${STEP}`;
  const rows: Row[] = [];
  for await (const page of salesforce.inLane('backfill').query({ soql }, signal)) rows.push(...page.rows);

  const known = await inventory.stamps(object, rows.map(idOf));
  const missed = rows.filter((row, index) => {
    const stamp = stampOf(row);
    return stamp < cut && (known[index] ?? Number.NEGATIVE_INFINITY) < stamp;
  });
  await handOn(
    (rereads ? rows : missed).flatMap((row) => stream.touches(row)),
    world,
  );
  for (const row of missed) world.observer.emit('reconcile.gap', { object, record_id: idOf(row), kind: 'missed' });
  const met = rows.flatMap((row, index) => {
    const stamp = stampOf(row) < cut ? stampOf(row) : (known[index] ?? null);
    return stamp === null ? [] : [[idOf(row), Math.max(stamp, known[index] ?? stamp)] as const];
  });
  await inventory.note(object, new Map(met), run);
  const last = rows.at(-1);
  return {
    next: rows.length < STEP || last === undefined ? null : idOf(last),
    records: rows.length,
    gaps: missed.length,
  };
}

/**
 * Looks for a part of the records that were handed on and that the comparison has not met in the org: closed and
 * converted ones are let go, those of which the org knows no more are gone (XE8), or deleted roles that nobody told of.
 * @param cursor of the step before; null at the beginning
 */
export async function searchNext(
  { stream, run, cut }: Comparison,
  cursor: string | null,
  world: CompareWorld,
  signal: AbortSignal,
): Promise<Step> {
  const { object } = stream;
  const { records, cursor: next } = await world.inventory.unmet(object, run, cursor);
  const unmet = [...records].filter(([, stamp]) => stamp < cut).map(([id]) => id);
  if (unmet.length === 0) return { next, records: 0, gaps: 0 };

  const { shown, inScope } = await findRecords(stream, unmet, world, signal);
  const absent = unmet.filter((id) => !shown.has(id));
  const justDeleted = await findJustDeleted(object, absent, world, signal);
  const gone = absent.filter((id) => !justDeleted.has(id));
  const missed = [...shown.values()].filter((row) => {
    const stamp = stampOf(row);
    return stamp < cut && stamp > (records.get(idOf(row)) ?? stamp);
  });
  await handOn([...(await touchedByGone(stream, gone, world)), ...missed.flatMap((row) => stream.touches(row))], world);
  for (const record_id of gone) world.observer.emit('reconcile.gap', { object, record_id, kind: 'gone' });
  for (const row of missed) world.observer.emit('reconcile.gap', { object, record_id: idOf(row), kind: 'missed' });
  const left = [...shown.values()].filter((row) => !inScope.has(idOf(row)) && stampOf(row) < cut);
  await world.inventory.forget(object, [...gone, ...left.map(idOf)]);
  return { next, records: 0, gaps: gone.length + missed.length };
}

/** So many ids go into one query, and so many queries into one call. */
const IDS = 1_000;

/** What the org still shows of these records, those in the bin among them, and which of them are in scope. */
async function findRecords(
  { object, scope = '', fields }: Stream,
  ids: readonly string[],
  { salesforce }: CompareWorld,
  signal: AbortSignal,
): Promise<{ readonly shown: ReadonlyMap<string, Row>; readonly inScope: ReadonlySet<string> }> {
  const shown = new Map<string, Row>();
  const inScope = new Set<string>();
  for (let at = 0; at < ids.length; at += IDS) {
    const within = `Id IN (${quoteList(ids.slice(at, at + IDS))})`;
    const [all = [], scoped = []] = await salesforce
      .inLane('backfill')
      .queryTogether(
        [
          { soql: selectWhere(object, ['SystemModstamp', ...fields], within), scanAll: true },
          { soql: selectWhere(object, [], `${within} AND ${scope}`) },
        ],
        signal,
      );
    for (const row of all) shown.set(idOf(row), row);
    for (const row of scoped) inScope.add(idOf(row));
  }
  return { shown, inScope };
}

/** How long the polls may take to tell of a deletion by themselves, ms; the resource takes more than a minute. */
const JUST_NOW = 5 * 60_000;

/** Those that were deleted in the last minutes: the polls are about to hear of them. */
async function findJustDeleted(
  object: string,
  ids: readonly string[],
  { salesforce }: CompareWorld,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  try {
    const now = salesforce.now();
    const { rows } = await salesforce.inLane('backfill').deleted(object, now - JUST_NOW, now, signal);
    return new Set(rows.map(({ id }) => id));
  } catch (error) {
    // Without the resource a deletion of this minute may count as a gap: it is repaired all the same.
    if (error instanceof AppError && error.recovery !== 'wait') return new Set();
    throw error;
  }
}

/** A role that is gone tells nothing of its opportunity. */
async function touchedByGone(
  stream: Stream,
  ids: readonly string[],
  { state }: CompareWorld,
): Promise<readonly Touch[]> {
  if (stream.object !== 'OpportunityContactRole') return ids.flatMap((id) => stream.touches({ Id: id }));
  const parents = await state.roleParents(ids);
  return parents.filter((id) => id !== null).map((id) => ({ kind: 'opportunity', id }));
}

async function handOn(touches: readonly Touch[], { queues }: CompareWorld): Promise<void> {
  for (const [kind, units] of Map.groupBy(touches, (touch) => touch.kind)) {
    await queues.add(kind, [...new Set(units.map(({ id }) => id))], 0, 'backfill');
  }
}

function idOf(row: Row): string {
  return String(row['Id']);
}
