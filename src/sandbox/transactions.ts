import type { OrgClock } from './org-clock.ts';
import { toChange } from './store.ts';
import type { Change, Store, Touch } from './store.ts';
import { SandboxError } from './types.ts';

/** A change that has taken its stamps but is not visible before `commitAt` (ms, the org's clock). */
export type RunningTransaction = {
  readonly startedAt: number;
  readonly commitAt: number;
  /** Makes it visible now. */
  commit(): void;
  /** As if it had never been. */
  rollback(): void;
};

/** What somebody who is not the API user has committed. */
export type Doing = {
  /** When it became visible, by the org's clock, ms. */
  readonly at: number;
  readonly changes: readonly Change[];
};

type Running = RunningTransaction & {
  readonly touches: readonly Touch[];
  readonly locks: ReadonlySet<string>;
  readonly isIndexLag: boolean;
};

/** A demo may run for days. */
const MOST_DOINGS = 50_000;

/** Who may write what when: transactions, their locks, and those that take long to commit. */
export class Transactions {
  readonly #store: Store;
  readonly #clock: OrgClock;
  readonly #held = new Map<string, number>();
  #running: readonly Running[] = [];
  #claims = new Set<string>();
  readonly #doings: Doing[] = [];

  constructor(store: Store, clock: OrgClock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Does the work wholly or not at all; inside another transaction it becomes a part of that one. */
  run<T>(work: () => T): { readonly value: T; readonly changes: readonly Change[] } {
    if (this.#store.isInTransaction()) return { value: this.attempt(work), changes: [] };
    this.#store.begin();
    this.#claims = new Set();
    try {
      const value = work();
      return { value, changes: this.#store.touched().map(toChange) };
    } catch (cause) {
      this.#store.rollbackTo(0);
      throw cause;
    } finally {
      this.#store.end();
    }
  }

  /** A part of the running transaction that fails alone. */
  attempt<T>(work: () => T): T {
    const savepoint = this.#store.savepoint();
    try {
      return work();
    } catch (cause) {
      this.#store.rollbackTo(savepoint);
      throw cause;
    }
  }

  /**
   * Does the work now, with the stamps of now, and shows it only `delaySeconds` later on the org's clock.
   * Meanwhile its rows and their parents are locked, and replication covers nothing after its start; not so when the
   * transaction is over and only the index of the queries lags behind.
   */
  runLate(delaySeconds: number, work: () => void, isIndexLag = false): RunningTransaction {
    const startedAt = this.#clock.now();
    this.#store.begin();
    this.#claims = new Set();
    try {
      work();
      const running: Running = {
        startedAt,
        commitAt: startedAt + delaySeconds * 1000,
        isIndexLag,
        touches: this.#store.touched(),
        locks: new Set(isIndexLag ? [] : [...this.#claims, ...this.#store.touched().map(({ id }) => id)]),
        commit: () => this.#finish(running, true),
        rollback: () => this.#finish(running, false),
      };
      this.#running = [...this.#running, running];
      return running;
    } finally {
      this.#store.rollbackTo(0);
      this.#store.end();
    }
  }

  /** Commits what is due by the org's clock. */
  settle(): void {
    const now = this.#clock.now();
    for (const running of this.#running) {
      if (running.commitAt <= now) running.commit();
    }
  }

  /** Start of the oldest transaction that still runs, ms; null when none does. */
  oldestStart(): number | null {
    const open = this.#running.filter(({ isIndexLag }) => !isIndexLag);
    return open.length === 0 ? null : Math.min(...open.map(({ startedAt }) => startedAt));
  }

  /** What people have committed, in the order in which it became visible; the oldest of very many are forgotten. */
  get doings(): readonly Doing[] {
    return this.#doings;
  }

  /** Remembers what a person has committed; nothing, where it became a part of a transaction that still runs. */
  note(changes: readonly Change[], at: number = this.#clock.now()): void {
    if (changes.length === 0) return;
    this.#doings.push({ at, changes });
    if (this.#doings.length > MOST_DOINGS) this.#doings.splice(0, MOST_DOINGS / 10);
  }

  /** Locks a row for the running transaction. @throws SandboxError UNABLE_TO_LOCK_ROW when another one has it. */
  claim(id: string): void {
    if (this.#held.has(id) || this.#running.some(({ locks }) => locks.has(id))) {
      throw new SandboxError(
        'UNABLE_TO_LOCK_ROW',
        `unable to obtain exclusive access to this record or 1 records: ${id}`,
      );
    }
    this.#claims.add(id);
  }

  /** Keeps a row locked, as another user's long work does, until the answer is called. */
  hold(id: string): () => void {
    this.#held.set(id, (this.#held.get(id) ?? 0) + 1);
    return () => {
      const rest = (this.#held.get(id) ?? 1) - 1;
      if (rest === 0) this.#held.delete(id);
      else this.#held.set(id, rest);
    };
  }

  #finish(running: Running, isCommitted: boolean): void {
    if (!this.#running.includes(running)) return;
    this.#running = this.#running.filter((other) => other !== running);
    if (!isCommitted) return;
    for (const { after } of running.touches) {
      if (after !== null) this.#store.put(after);
    }
    this.note(running.touches.map(toChange), Math.min(running.commitAt, this.#clock.now()));
  }
}
