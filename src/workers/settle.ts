import type { Recovery } from '../domain/error.ts';
import { writeInstant, type Instant } from '../domain/instant.ts';
import { OBJECT_OF, type WorkKind } from '../domain/work.ts';
import type { Observer } from '../observe/events.ts';
import type { DeadLetter } from '../domain/dead-letter.ts';
import type { Memory, State, WorkQueues } from '../ports.ts';
import { describe } from './run-batch.ts';
import { withoutValues } from './without-values.ts';
import type { Fate } from './write-back.ts';

export type SettleWorld = {
  readonly state: State;
  readonly queues: WorkQueues;
  readonly observer: Observer;
  readonly now: () => Instant;
  readonly configHash: () => string;
  /** At least 0, less than 1. */
  readonly random: () => number;
};

/** What is to happen to a record after its writes. */
export type Aftermath = 'done' | 'again' | 'dead' | 'held';

/** What became of a record, and how many refusals that pass it has had in a row. */
export type Settled = { readonly aftermath: Aftermath; readonly tries: number };

/** How often a record is tried for refusals that pass, before it is set aside (D8). */
const TRIES = 10;
/** How often it is sent though the org, which is there, fails each time (I28): by then it has been sent alone. */
const FAILURES = 8;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
/** Refusals that are another row's fault cost the record nothing (FM 27). */
const VICTIMS = new Set(['PROCESSING_HALTED', 'BATCH_PROCESSING_HALTED', 'ALL_OR_NONE_OPERATION_ROLLED_BACK']);
/** How long a record whose write's answer was lost is left alone, so that a late commit shows when it is read again. */
const LOOK_AGAIN = 2_000;

/**
 * Acts on the fates of a batch, each record on its own (F35): what the org refuses for good goes to the dead letters,
 * passing refusals, lost answers and changed records come again, without the rest of the batch, which is done.
 * @param evaluated  the whole batch; who of it has no fate had nothing to write
 * @param triesOf  how often a record has been refused before for a passing reason
 */
export async function settleFates(
  kind: WorkKind,
  evaluated: readonly string[],
  fates: ReadonlyMap<string, Fate>,
  triesOf: (id: string) => number,
  world: SettleWorld,
): Promise<ReadonlyMap<string, Settled>> {
  const settled = new Map<string, Settled>();
  const again = new Map<number, string[]>();
  const letters: DeadLetter[] = [];
  const jitter = world.random();
  for (const [id, fate] of fates) {
    const tries = triesOf(id) + (isCounted(fate) ? 1 : 0);
    const next = nextStep(fate, tries, jitter);
    settled.set(id, { aftermath: next.aftermath, tries });
    if (next.aftermath === 'again') again.set(next.delayMs, [...(again.get(next.delayMs) ?? []), id]);
    if (fate.kind === 'refused' && !fate.isKnown) {
      tellRejected(kind, id, fate, world);
      if (next.aftermath === 'dead') letters.push(writeLetter(kind, id, fate, tries, world));
    }
    if (fate.kind === 'unknown' && next.aftermath === 'dead') {
      const { code, message } = fate.cause;
      letters.push(writeLetter(kind, id, { ...fate, code, message, fields: [] }, tries, world));
    }
  }
  const held = [...fates].flatMap(([id, fate]) => (fate.kind === 'held' ? [{ id, module: fate.module }] : []));
  for (const [paused, records] of Map.groupBy(held, (record) => record.module)) {
    await world.state.holdRecords(
      paused,
      records.map(({ id }) => ({ kind, id })),
    );
  }
  for (const [delayMs, ids] of again) await world.queues.add(kind, ids, delayMs);
  await addLetters(letters, world);
  // A record that is through, or that has nothing left to write, is no dead letter any more (D15).
  const dead = new Set([...settled].filter(([, { aftermath }]) => aftermath !== 'done').map(([id]) => id));
  await world.state.removeDeadLetters(evaluated.filter((id) => !dead.has(id)));
  return settled;
}

/**
 * Whether a refusal ends the matter: the org's no, or a passing one for the last time.
 * @param tries  this one among them
 */
export function isFinal({ recovery }: { readonly recovery: Recovery }, tries: number): boolean {
  // A limit of the org is over when it is over, however often a record has met it.
  return recovery !== 'wait' && (recovery !== 'retry' || tries >= TRIES);
}

/** Whether the fate is a try of this record: no other row's fault, and no outage. */
function isCounted(fate: Fate): boolean {
  if (fate.kind === 'refused') return !VICTIMS.has(fate.code);
  return fate.kind === 'unknown' && fate.cause.recovery !== 'wait';
}

/** How often the record has been refused in a row for passing reasons. */
export function triesOf(memory: Memory | null | undefined): number {
  return Number(memory?.['tries'] ?? 0);
}

/** Sets a record aside that fails for a reason of ours, so that the rest of its batch goes on. */
export async function setAside(kind: WorkKind, id: string, error: unknown, world: SettleWorld): Promise<void> {
  const { code, reason: message } = describe(error);
  const letter = writeLetter(kind, id, { module: kind, code, message, fields: [], attempt: null }, 1, world);
  await addLetters([letter], world);
}

/** Tells and keeps dead letters. */
export async function addLetters(letters: readonly DeadLetter[], { state, observer }: SettleWorld): Promise<void> {
  await state.addDeadLetters(letters);
  for (const { object, record_id, code, tries } of letters) {
    observer.emit('dead_letter', { object, record_id, code, tries });
  }
}

type Refusal = Extract<Fate, { readonly kind: 'refused' }>;

export function tellRejected(kind: WorkKind, id: string, { code, fields }: Refusal, { observer }: SettleWorld): void {
  observer.emit('write.rejected', { object: OBJECT_OF[kind], record_id: id, code, fields });
}

type NextStep =
  | { readonly aftermath: 'done' | 'dead' | 'held' }
  | { readonly aftermath: 'again'; readonly delayMs: number };

/** @param jitter  at least 0, less than 1: two workers that met at one lock do not meet there again */
function nextStep(fate: Fate, tries: number, jitter: number): NextStep {
  switch (fate.kind) {
    case 'applied':
    case 'withheld':
      return { aftermath: 'done' };
    case 'held':
      return { aftermath: 'held' };
    case 'stale':
      return { aftermath: 'again', delayMs: 0 };
    case 'unknown': {
      const isCausedByIt = isCounted(fate) && tries >= FAILURES;
      return isCausedByIt ? { aftermath: 'dead' } : { aftermath: 'again', delayMs: LOOK_AGAIN };
    }
    case 'refused': {
      if (isFinal(fate, tries)) return { aftermath: 'dead' };
      const longest = Math.min(FIRST_PAUSE * 2 ** tries, LONGEST_PAUSE);
      return { aftermath: 'again', delayMs: FIRST_PAUSE + Math.round(jitter * (longest - FIRST_PAUSE)) };
    }
    default:
      return fate satisfies never;
  }
}

export function writeLetter(
  kind: WorkKind,
  id: string,
  { module, code, message, fields, attempt }: Pick<DeadLetter, 'module' | 'code' | 'message' | 'fields' | 'attempt'>,
  tries: number,
  world: SettleWorld,
): DeadLetter {
  const at = writeInstant(world.now());
  return {
    object: OBJECT_OF[kind],
    record_id: id,
    module,
    code,
    message: withoutValues(message),
    fields,
    config_hash: world.configHash(),
    at,
    tries,
    attempt,
  };
}
