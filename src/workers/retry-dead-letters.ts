import type { WorkKind } from '../domain/work.ts';
import type { DeadLetter } from '../domain/dead-letter.ts';
import type { State } from '../ports.ts';
import { POISONED } from './poison-share.ts';
import { resumeModule, type ResumeWorld } from './resume-module.ts';

export type RetryWorld = ResumeWorld & {
  readonly state: Pick<State, 'deadLetters' | 'removeDeadLetters' | 'pausedModules'>;
};

/** How long the workers leave a record alone, so that its letter is gone when they try it, ms. */
const PAUSE = 1_000;

/**
 * Hands records to the workers again, who decide them anew. A module that was paused because of such letters writes again:
 * whoever has them tried says that the cause is mended.
 * Queued first, then removed: a crash in between leaves a letter too many, never a record too few.
 */
export async function retryDeadLetters(letters: readonly DeadLetter[], world: RetryWorld): Promise<void> {
  const { state, queues } = world;
  for (const [object, own] of Map.groupBy(letters, (letter) => letter.object)) {
    const kind: WorkKind = object === 'Lead' ? 'lead' : 'opportunity';
    const ids = own.map(({ record_id }) => record_id);
    await queues.add(kind, ids, PAUSE);
  }
  await state.removeDeadLetters(letters.map(({ record_id }) => record_id));
  const paused = await state.pausedModules();
  for (const module of new Set(letters.map((letter) => letter.module))) {
    if (paused.get(module)?.code === POISONED) await resumeModule(module, world);
  }
}

/** What was refused under another configuration may be what this one no longer asks for (D15). */
export async function retryOlderLetters(configHash: string, world: RetryWorld): Promise<void> {
  const letters = await world.state.deadLetters();
  const older = letters.filter(({ config_hash }) => config_hash !== configHash);
  if (older.length > 0) await retryDeadLetters(older, world);
}
