import { countersOf } from '../domain/write-category.ts';
import type { Observer } from '../observe/events.ts';
import type { State, WorkQueues } from '../ports.ts';

export type ResumeWorld = {
  readonly state: Pick<State, 'heldRecords' | 'resumeModule' | 'dropHeldRecords'>;
  readonly queues: Pick<WorkQueues, 'add'>;
  readonly observer: Observer;
};

/**
 * Lets a paused module write again, and hands on what was held, in its order.
 * @returns how many records were held
 */
export async function resumeModule(module: string, { state, queues, observer }: ResumeWorld): Promise<number> {
  const held = await state.heldRecords(module);
  if (await state.resumeModule(module, countersOf(module))) observer.emit('module.resumed', { module });
  // Queued first, then dropped: a crash in between decides a record twice, never none.
  for (const [kind, records] of Map.groupBy(held, (record) => record.kind)) {
    await queues.add(
      kind,
      records.map(({ id }) => id),
    );
  }
  await state.dropHeldRecords(module);
  return held.length;
}
