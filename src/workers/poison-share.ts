import { OWNER_REFUSALS } from '../domain/owner-refusals.ts';
import type { WriteCount } from '../domain/write-count.ts';
import type { Observer } from '../observe/events.ts';
import type { RowFate, State } from '../ports.ts';

export type PoisonWorld = { readonly state: Pick<State, 'countWrites' | 'pauseModule'>; readonly observer: Observer };

/** The code of such a pause. */
export const POISONED = 'poison_share';

const WINDOW_MINUTES = 5;
/** One in five is no longer bad records but a rule, of the org or of ours; reliability I28 asks that 5 % hold nobody up. */
const SHARE = 0.2;
/** Fewer say nothing, and a person can look through them. */
const LEAST = 20;

/** Refusals that say nothing against what a module writes: the record is gone, it is done already, or there is no room. */
const BLAMELESS: ReadonlySet<string> = new Set([
  ...OWNER_REFUSALS,
  'CANNOT_UPDATE_CONVERTED_LEAD',
  'DUPLICATE_VALUE',
  'ENTITY_IS_DELETED',
  'INVALID_CROSS_REFERENCE_KEY',
  'NOT_FOUND',
  'STORAGE_LIMIT_EXCEEDED',
]);

/**
 * Pauses a module of whose writes the org refuses too many for good, by one event: what comes after is held until
 * `rolecall resume`, or until its dead letters are tried again (D15). What was refused is in the dead letters.
 * @param answers  what became of the writes that were sent, with the module of each
 */
export async function heedPoison(
  answers: readonly { readonly module: string; readonly answer: RowFate }[],
  { state, observer }: PoisonWorld,
): Promise<void> {
  for (const [module, own] of Map.groupBy(answers, (each) => each.module)) {
    const settled = own.filter(({ answer }) => answer.kind === 'applied' || isPoison(answer));
    const codes = settled.flatMap(({ answer }) => (answer.kind === 'refused' ? [answer.code] : []));
    if (settled.length === 0) continue;
    const count = await state.countWrites(
      module,
      { writes: settled.length, refused: codes.length },
      WINDOW_MINUTES * 60_000,
    );
    if (codes.length === 0 || !isPoisoned(count)) continue;
    const code = POISONED;
    const reason = `the org has refused ${count.refused} of ${count.writes} writes in ${WINDOW_MINUTES} minutes, last with ${codes.at(-1)}`;
    if (await state.pauseModule(module, { code, reason })) observer.emit('module.paused', { module, code, reason });
  }
}

/** Whether so many refusals among so many writes are no accident. */
export function isPoisoned({ writes, refused }: WriteCount): boolean {
  return refused >= LEAST && refused > SHARE * writes;
}

function isPoison(answer: RowFate): boolean {
  return answer.kind === 'refused' && answer.recovery === 'dead-letter' && !BLAMELESS.has(answer.code);
}
