import { readInstant, type Instant } from '../domain/instant.ts';
import type { Row } from '../domain/record.ts';
import type { WorkKind } from '../domain/work.ts';
import type { Epoch, SeenKey, State, WorkQueues } from '../ports.ts';
import type { Stream, Touch } from './streams.ts';

export type HandOn = {
  /** Takes the rows of a stream's page that were not handed on before. @returns how many those were */
  take(stream: Stream, rows: readonly Row[]): Promise<number>;
  /** Puts what was taken into the queues, and remembers its rows only then. */
  flush(): Promise<void>;
  /** A query has begun anew: it may show what the one before could not. */
  begin(): void;
};

export type HandOnWorld = {
  readonly queues: WorkQueues;
  readonly state: State;
  /** The open opportunities that these contacts have a role on, each once. */
  readonly openDealsOf: (contactIds: readonly string[]) => Promise<readonly string[]>;
};

/** Units are gathered over pages, so that batches are full: a batch costs the same whatever it holds. */
const MOST_UNITS = 25_000;
/** Rows that touch few units are not kept for ever either. */
const MOST_ROWS = 100_000;

/**
 * Hands the units that the rows of one pass touch to the queues, each once per query: roles share their opportunity.
 * Streams that are read together and touch the same units are handed on together.
 * @param epoch  of Redis when the pass began
 */
export function createHandOn({ queues, state, openDealsOf }: HandOnWorld, epoch: Epoch): HandOn {
  const gathered = new Map<WorkKind, Set<string>>();
  const people = new Set<string>();
  const taken = new Map<Stream, SeenKey[]>();
  let handed = new Set<string>();

  return {
    async take(stream, rows) {
      const byKey = new Map(rows.map((row) => [`${String(row['Id'])}:${stampOf(row)}`, row]));
      const keys: SeenKey[] = [...byKey.values()].map((row) => ({ id: String(row['Id']), stamp: stampOf(row) }));
      const unseen = await state.unseen(stream.object, keys);
      const fresh = unseen.map(({ id, stamp }) => byKey.get(`${id}:${stamp}`)).filter((row) => row !== undefined);
      if (stream.object === 'OpportunityContactRole') {
        await state.rememberRoleParents(new Map(fresh.map((row) => [String(row['Id']), String(row['OpportunityId'])])));
      }
      for (const touch of fresh.flatMap((row) => stream.touches(row))) gather(touch);
      for (const contact of fresh.flatMap((row) => stream.contacts?.(row) ?? [])) people.add(contact);
      taken.set(stream, [...(taken.get(stream) ?? []), ...unseen]);
      if (sum(gathered, (ids) => ids.size) >= MOST_UNITS || sum(taken, (seen) => seen.length) >= MOST_ROWS)
        await flush();
      return unseen.length;
    },
    flush,
    begin() {
      handed = new Set();
    },
  };

  function gather({ kind, id }: Touch): void {
    if (handed.has(id)) return;
    handed.add(id);
    gathered.set(kind, (gathered.get(kind) ?? new Set()).add(id));
  }

  async function flush(): Promise<void> {
    await enqueue();
    await markSeen((stream) => stream.contacts === undefined);
    // Whose people have to be looked up may fail where the others did not: those are handed on by then.
    if (people.size > 0) for (const id of await openDealsOf([...people])) gather({ kind: 'opportunity', id });
    people.clear();
    await enqueue();
    await markSeen(() => true);
    // What is in a queue may be looked at from now on: a later row about it is news.
    handed = new Set();
  }

  async function enqueue(): Promise<void> {
    for (const [kind, ids] of gathered) await queues.add(kind, [...ids]);
    gathered.clear();
  }

  async function markSeen(which: (stream: Stream) => boolean): Promise<void> {
    for (const [stream, seen] of taken) {
      if (!which(stream)) continue;
      await state.markSeen(stream.object, seen, epoch);
      taken.delete(stream);
    }
  }
}

function sum<T>(values: ReadonlyMap<unknown, T>, size: (value: T) => number): number {
  return [...values.values()].reduce((total, value) => total + size(value), 0);
}

/** The row's `SystemModstamp`. */
export function stampOf(row: Row): Instant {
  return readInstant(String(row['SystemModstamp']));
}
