import type { FieldValue, Fields } from '../../domain/record.ts';
import type { Creation, Fate, Review, Update } from '../write-back.ts';
import { isShown, isStamp, type PlanRow } from './plan-row.ts';

/** Lets through what a plan holds, and knows afterwards what became of it. */
export type ApplyReview = {
  readonly review: Review;
  /** By `object:id` of a record, or `object:key` of what was to be made. */
  readonly fates: ReadonlyMap<string, Fate>;
};

/**
 * What was decided again must come to what was planned; then the planned values are sent, the time of the decision among
 * them, and only as long as the record holds what the plan found. Everything else is `stale`, and other modules' writes
 * are withheld.
 */
export function reviewAgainst(rows: ReadonlyMap<string, PlanRow>, modules: readonly string[]): ApplyReview {
  const fates = new Map<string, Fate>();
  const isPlanned = ({ module }: { readonly module: string }): boolean => modules.includes(module);
  const review: Review = {
    updates(object, updates) {
      if (object === 'Task')
        return sift(
          updates,
          ({ id }) => id,
          (update) => isPlanned(update) && ownsTask(rows, update),
        );
      const sent: Update[] = [];
      const decided = new Map<string, Fate>();
      for (const update of updates) if (!isPlanned(update)) decided.set(update.id, { kind: 'withheld' });
      for (const [id, own] of Map.groupBy(updates.filter(isPlanned), (update) => update.id)) {
        const row = rows.get(id);
        const planned = row === undefined ? null : asPlanned(own, row);
        if (planned === null) decided.set(id, { kind: 'stale' });
        else sent.push(...planned);
      }
      return { sent, fates: decided };
    },
    creations: (object, creations) =>
      sift(
        creations,
        ({ key }) => key,
        (creation) => isPlanned(creation) && ownsKey(rows, object, creation),
      ),
    settled(object, settled) {
      for (const [name, fate] of settled) fates.set(`${object}:${name}`, fate);
    },
  };
  return { review, fates };
}

/** The updates of one record with the plan's values; null when they are not those that were planned. */
function asPlanned(updates: readonly Update[], { changes, guard }: PlanRow): readonly Update[] | null {
  const decided = new Map(updates.flatMap(({ fields }) => Object.entries(fields)));
  const names = Object.keys(changes);
  const isSame =
    names.length === decided.size && names.every((field) => fits(changes[field]!.after, decided.get(field)));
  if (!isSame) return null;
  const found = Object.fromEntries(names.map((field) => [field, changes[field]!.before]));
  return updates.map((update) => {
    const fields: Fields = Object.fromEntries(
      Object.keys(update.fields).map((field) => [field, changes[field]!.after]),
    );
    return { ...update, fields, seen: { ...update.seen, ...guard, ...found } };
  });
}

/** Two stamps differ only by when it was decided. */
function fits(planned: FieldValue, decided: FieldValue | undefined): boolean {
  if (decided === undefined) return false;
  return isShown(planned, decided) || (isStamp(planned) && isStamp(decided));
}

function ownsTask(rows: ReadonlyMap<string, PlanRow>, { about, id }: Update): boolean {
  const { close = [], change = [] } = rows.get(about)?.tasks ?? {};
  return [...close, ...change].includes(id);
}

function ownsKey(rows: ReadonlyMap<string, PlanRow>, object: string, { about, key }: Creation): boolean {
  const row = rows.get(about);
  if (row === undefined) return false;
  return object === 'Task' ? key in row.tasks.make : row.roles.includes(key);
}

function sift<Write>(
  writes: readonly Write[],
  nameOf: (write: Write) => string,
  isSent: (write: Write) => boolean,
): { readonly sent: readonly Write[]; readonly fates: ReadonlyMap<string, Fate> } {
  const withheld = writes.filter((write) => !isSent(write));
  const fates = withheld.map((write): [string, Fate] => [nameOf(write), { kind: 'withheld' }]);
  return { sent: writes.filter(isSent), fates: new Map(fates) };
}
