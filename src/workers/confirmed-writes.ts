import type { ConfirmedWrite } from '../domain/decision.ts';
import type { Creation, Fate, Update } from './write-back.ts';

/** The writes of a batch to one object and the fate of each: updates by the record's id, creations by their key. */
export type Written = {
  readonly object: string;
  readonly updates?: readonly Update[];
  readonly creations?: readonly Creation[];
  readonly fates: ReadonlyMap<string, Fate>;
};

/** By module and record what the org has confirmed, for the decision log: `undo` takes back exactly this (F37, F39). */
export function confirmedWrites(
  written: readonly Written[],
  isWithheld: (module: string) => boolean,
): (module: string, recordId: string) => readonly ConfirmedWrite[] {
  const confirmed = new Map<string, ConfirmedWrite[]>();
  const add = (module: string, about: string, fate: Fate | undefined, write: ConfirmedWrite): void => {
    if (fate?.kind !== 'applied' || isWithheld(module)) return;
    const name = `${module}:${about}`;
    confirmed.set(name, [...(confirmed.get(name) ?? []), write]);
  };
  for (const { object, updates = [], creations = [], fates } of written) {
    for (const update of updates) {
      const { module, id, fields, before } = update;
      const changes = Object.entries(fields).map(([field, after]) => [field, { before: before[field] ?? null, after }]);
      add(module, id, fates.get(id), { object, record_id: id, fields: Object.fromEntries(changes) });
    }
    for (const { module, about, key } of creations) add(module, about, fates.get(key), { object, key });
  }
  return (module, recordId) => confirmed.get(`${module}:${recordId}`) ?? [];
}
