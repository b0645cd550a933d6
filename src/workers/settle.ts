import { writeInstant, type Instant } from '../domain/instant.ts';
import { OBJECT_OF, type WorkKind } from '../domain/work.ts';
import type { Observer } from '../observe/events.ts';
import type { DeadLetter, Memory, State, WorkQueues } from '../ports.ts';
import { describe } from './run-batch.ts';
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
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
/** Refusals that are another row's fault cost the record nothing (FM 27). */
const VICTIMS = new Set(['PROCESSING_HALTED', 'BATCH_PROCESSING_HALTED', 'ALL_OR_NONE_OPERATION_ROLLED_BACK']);
/** How long a record whose write's answer was lost is left alone, so that a late commit shows when it is read again. */
const LOOK_AGAIN = 2_000;

/**
 * Acts on the fates of a batch, each record on its own (F35): what the org refuses for good goes to the dead letters,
 * passing refusals, lost answers and changed records come again, without the rest of the batch, which is done.
 * @param triesOf how often a record has been refused before for a passing reason
 */
export async function settleFates(
  kind: WorkKind,
  module: string,
  fates: ReadonlyMap<string, Fate>,
  triesOf: (id: string) => number,
  world: SettleWorld,
): Promise<ReadonlyMap<string, Settled>> {
  const settled = new Map<string, Settled>();
  const again = new Map<number, string[]>();
  const letters: DeadLetter[] = [];
  const jitter = world.random();
  for (const [id, fate] of fates) {
    const tries = triesOf(id) + (fate.kind === 'refused' && !VICTIMS.has(fate.code) ? 1 : 0);
    const next = nextStep(fate, tries, jitter);
    settled.set(id, { aftermath: next.aftermath, tries });
    if (next.aftermath === 'again') again.set(next.delayMs, [...(again.get(next.delayMs) ?? []), id]);
    if (fate.kind === 'refused' && !fate.isKnown) {
      world.observer.emit('write.rejected', {
        object: OBJECT_OF[kind],
        record_id: id,
        code: fate.code,
        fields: fate.fields,
      });
      if (next.aftermath === 'dead') letters.push(writeLetter(kind, module, id, fate, tries, world));
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
  await world.state.addDeadLetters(letters);
  // What goes through at last is no dead letter any more.
  await world.state.removeDeadLetters([...fates].filter(([, { kind: fate }]) => fate === 'applied').map(([id]) => id));
  for (const { object, record_id, code, tries } of letters) {
    world.observer.emit('dead_letter', { object, record_id, code, tries });
  }
  return settled;
}

/** How often the record has been refused in a row for passing reasons. */
export function triesOf(memory: Memory | null | undefined): number {
  return Number(memory?.['tries'] ?? 0);
}

/** Sets a record aside that fails for a reason of ours, so that the rest of its batch goes on. */
export async function setAside(kind: WorkKind, id: string, error: unknown, world: SettleWorld): Promise<void> {
  const { code, reason: message } = describe(error);
  const letter = writeLetter(kind, kind, id, { code, message, fields: [], attempt: null }, 1, world);
  await world.state.addDeadLetters([letter]);
  world.observer.emit('dead_letter', { object: letter.object, record_id: id, code, tries: 1 });
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
    case 'unknown':
      return { aftermath: 'again', delayMs: LOOK_AGAIN };
    case 'refused': {
      // A limit of the org is over when it is over, however often a record has met it.
      const isPassing = fate.recovery === 'wait' || (fate.recovery === 'retry' && tries < TRIES);
      if (!isPassing) return { aftermath: 'dead' };
      const longest = Math.min(FIRST_PAUSE * 2 ** tries, LONGEST_PAUSE);
      return { aftermath: 'again', delayMs: FIRST_PAUSE + Math.round(jitter * (longest - FIRST_PAUSE)) };
    }
    default:
      return fate satisfies never;
  }
}

/** The org's words may quote the value that it refuses; an address is nobody's business here. */
function withoutAddresses(text: string): string {
  return text.replace(/[^\s'"<>(]+@[^\s'"<>)]+/g, '…');
}

function writeLetter(
  kind: WorkKind,
  module: string,
  id: string,
  { code, message, fields, attempt }: Pick<DeadLetter, 'code' | 'message' | 'fields' | 'attempt'>,
  tries: number,
  world: SettleWorld,
): DeadLetter {
  const at = writeInstant(world.now());
  return {
    object: OBJECT_OF[kind],
    record_id: id,
    module,
    code,
    message: withoutAddresses(message),
    fields,
    config_hash: world.configHash(),
    at,
    tries,
    attempt,
  };
}
