import type { Fields } from '../domain/record.ts';
import { WRITE_CATEGORIES, type WriteCategory } from '../domain/write-category.ts';
import type { Observer } from '../observe/events.ts';
import type { State } from '../ports.ts';

/** At most `max` planned writes in a sliding window of `per` ms. */
export type BlastRadius = Readonly<Record<WriteCategory, { readonly max: number; readonly per: number }>>;

/** A write that is planned, as far as its count goes. */
export type PlannedWrite = {
  readonly module: string;
  readonly id: string;
  readonly categories: readonly WriteCategory[];
};

export type BlastWorld = {
  readonly state: Pick<State, 'admitWrites' | 'pausedModules' | 'pauseModule'>;
  readonly observer: Observer;
  /** `write.blast_radius`. */
  readonly blastRadius: () => BlastRadius;
};

/** What an update counts as; the write of a task's own fields counts as nothing. */
export function categoriesOf(object: string, fields: Fields): readonly WriteCategory[] {
  if (object === 'Task') return [];
  const names = Object.keys(fields);
  const owner: readonly WriteCategory[] = names.includes('OwnerId') ? ['owner_changes'] : [];
  const status: readonly WriteCategory[] = names.includes('Status') ? ['status_changes'] : [];
  return owner.length + status.length > 0 ? [...owner, ...status] : ['flag_changes'];
}

/**
 * Counts planned writes before any is sent. Past a limit the module pauses, by one event, and everything of it that
 * comes after is held (F36); so is everything of a module that is paused already.
 * @returns the ids whose writes are held, in the order of the plan
 */
export async function holdBack(planned: readonly PlannedWrite[], world: BlastWorld): Promise<ReadonlySet<string>> {
  const held = new Set<string>();
  const paused = await world.state.pausedModules();
  for (const [module, writes] of Map.groupBy(planned, (write) => write.module)) {
    if (paused.has(module)) {
      for (const { id } of writes) held.add(id);
      continue;
    }
    for (const category of WRITE_CATEGORIES) {
      const { max, per } = world.blastRadius()[category];
      const counted = writes.filter(({ categories }) => categories.includes(category));
      const admitted = await world.state.admitWrites(`${module}:${category}`, counted.length, { max, per });
      if (admitted === counted.length) continue;
      for (const { id } of counted.slice(admitted)) held.add(id);
      const reason = `more than ${max} ${category.replace('_', ' ')} in ${per / 60_000} minutes were planned`;
      if (await world.state.pauseModule(module, { code: 'blast_radius', reason })) {
        world.observer.emit('module.paused', { module, code: 'blast_radius', reason });
      }
    }
  }
  return held;
}
