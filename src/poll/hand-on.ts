import { readInstant, type Instant } from '../domain/instant.ts';
import type { Row } from '../domain/record.ts';
import type { WorkKind } from '../domain/work.ts';
import type { Epoch, Inventory, SeenKey, State, Urgency, WorkQueues } from '../ports.ts';
import { digest } from '../rules/text/digest.ts';
import type { Stream } from './streams.ts';

export type HandOn = {
  /**
   * Takes the rows of a stream's page that were not handed on before.
   * @param urgency  how long the row may wait in the queue
   * @returns how many those were
   */
  take(stream: Stream, rows: readonly Row[], urgency: (row: Row) => Urgency): Promise<number>;
  /** Puts what was taken into the queues, and remembers its rows only then. */
  flush(): Promise<void>;
  /** A query has begun anew: it may show what the one before could not. */
  begin(): void;
};

export type HandOnWorld = {
  readonly queues: WorkQueues;
  readonly state: State;
  readonly inventory: Inventory;
  /** The open opportunities that these contacts have a role on, each once. */
  readonly openDealsOf: (contactIds: readonly string[]) => Promise<readonly string[]>;
};

/** Units are gathered over pages, so that batches are full: a batch costs the same whatever it holds. */
const MOST_UNITS = 25_000;
/** Rows that touch few units are not kept for ever either. */
const MOST_ROWS = 100_000;

/** Whatever is fresh is queued before a worker can take up the rest. */
const URGENCIES: readonly Urgency[] = ['fresh', 'backfill'];

/**
 * Hands the units that the rows of one pass touch to the queues, each once per query: roles share their opportunity.
 * Streams that are read together and touch the same units are handed on together.
 * @param epoch  of Redis when the pass began
 */
export function createHandOn({ queues, state, inventory, openDealsOf }: HandOnWorld, epoch: Epoch): HandOn {
  const gathered = new Map<string, { readonly kind: WorkKind; readonly urgency: Urgency; readonly ids: Set<string> }>();
  const people = new Set<string>();
  const taken = new Map<Stream, Row[]>();
  let handed = new Set<string>();

  return {
    async take(stream, rows, urgency) {
      const byKey = new Map(rows.map((row) => [`${String(row['Id'])}:${stampOf(row)}`, row]));
      const unseen = await state.unseen(stream.object, [...byKey.values()].map(keyOf(stream)));
      const fresh = unseen.map(({ id, stamp }) => byKey.get(`${id}:${stamp}`)).filter((row) => row !== undefined);
      if (stream.object === 'OpportunityContactRole') {
        await state.rememberRoleParents(new Map(fresh.map((row) => [String(row['Id']), String(row['OpportunityId'])])));
      }
      for (const row of fresh) {
        for (const { kind, id } of stream.touches(row)) gather(kind, id, urgency(row));
        for (const contact of stream.contacts?.(row) ?? []) people.add(contact);
      }
      taken.set(stream, [...(taken.get(stream) ?? []), ...fresh]);
      const units = sum(gathered.values(), ({ ids }) => ids.size);
      if (units >= MOST_UNITS || sum(taken.values(), ({ length }) => length) >= MOST_ROWS) await flush();
      return fresh.length;
    },
    flush,
    begin() {
      handed = new Set();
    },
  };

  function gather(kind: WorkKind, id: string, urgency: Urgency): void {
    const unit = `${urgency}:${id}`;
    if (handed.has(unit)) return;
    handed.add(unit);
    const line = `${urgency}:${kind}`;
    const group = gathered.get(line) ?? { kind, urgency, ids: new Set() };
    group.ids.add(id);
    gathered.set(line, group);
  }

  async function flush(): Promise<void> {
    await enqueue();
    await remember((stream) => stream.contacts === undefined);
    // Whose people have to be looked up may fail where the others did not: those are handed on by then.
    if (people.size > 0) for (const id of await openDealsOf([...people])) gather('opportunity', id, 'fresh');
    people.clear();
    await enqueue();
    await remember(() => true);
    // What is in a queue may be looked at from now on: a later row about it is news.
    handed = new Set();
  }

  async function enqueue(): Promise<void> {
    const lines = [...gathered.values()].toSorted(
      (a, b) => URGENCIES.indexOf(a.urgency) - URGENCIES.indexOf(b.urgency),
    );
    for (const { kind, ids, urgency } of lines) await queues.add(kind, [...ids], 0, urgency);
    gathered.clear();
  }

  async function remember(which: (stream: Stream) => boolean): Promise<void> {
    for (const [stream, rows] of taken) {
      if (!which(stream)) continue;
      await state.markSeen(stream.object, rows.map(keyOf(stream)), epoch);
      if (stream.scope !== undefined) await note(stream.object, rows);
      taken.delete(stream);
    }
  }

  async function note(object: string, rows: readonly Row[]): Promise<void> {
    const { gone = [], present = [] } = Object.groupBy(rows, (row) => (row['IsDeleted'] === true ? 'gone' : 'present'));
    await inventory.note(object, new Map(present.map((row) => [String(row['Id']), stampOf(row)])));
    await inventory.forget(
      object,
      gone.map((row) => String(row['Id'])),
    );
  }
}

function sum<T>(values: Iterable<T>, size: (value: T) => number): number {
  return [...values].reduce((total, value) => total + size(value), 0);
}

function keyOf({ fields }: Stream): (row: Row) => SeenKey {
  return (row) => {
    const key = { id: String(row['Id']), stamp: stampOf(row) };
    return fields.length === 0 ? key : { ...key, state: digest(JSON.stringify(fields.map((field) => row[field]))) };
  };
}

/** The row's `SystemModstamp`. */
export function stampOf(row: Row): Instant {
  return readInstant(String(row['SystemModstamp']));
}
