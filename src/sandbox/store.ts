import type { FieldSchema, ObjectSchema, StoredRecord } from './types.ts';

/** One record with what the org knows of its deletion. Rows are replaced, never changed. */
export type Row = {
  readonly object: string;
  readonly record: StoredRecord;
  /** When it was deleted, ms; null while it lives. */
  readonly deletedAt: number | null;
  /** Gone from the recycle bin, or never in it: only the delete log still knows it. */
  readonly isPurged: boolean;
  /** Names the delete that took it along; what went together comes back together. */
  readonly deletion: string | null;
};

/** What a transaction did to one record; null: it was not there, or not any more. */
export type Change = {
  readonly object: string;
  readonly id: string;
  readonly before: StoredRecord | null;
  readonly after: StoredRecord | null;
};

type Index = { readonly field: string; readonly isFolded: boolean; readonly ids: Map<string, Set<string>> };

export type Touch = { readonly id: string; readonly before: Row | null; readonly after: Row | null };

type Undo = { readonly id: string; readonly before: Row | null };

/**
 * All rows by id and by reference, with a journal that can be rolled back.
 * Work is synchronous, so nobody sees a transaction half done: the store is changed in place and undone on failure.
 */
export class Store {
  readonly #rows = new Map<string, Row>();
  readonly #objects = new Map<string, Map<string, Row>>();
  readonly #indexes = new Map<string, Map<string, Index>>();
  #journal: Undo[] | null = null;

  constructor(schema: ReadonlyMap<string, ObjectSchema>) {
    for (const [object, { fields }] of schema) {
      this.#objects.set(object, new Map());
      const indexes = [...fields.values()].filter(isIndexed).map(makeIndex);
      this.#indexes.set(object, new Map(indexes.map((index) => [index.field.toLowerCase(), index])));
    }
  }

  /** The row of an 18-character id, deleted or not. */
  row(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  /** The record of an id while it lives. */
  live(id: string): StoredRecord | undefined {
    const row = this.#rows.get(id);
    return row?.deletedAt === null ? row.record : undefined;
  }

  /** Every row of an object, deleted ones too. */
  rows(object: string): Iterable<Row> {
    return this.#objects.get(object.toLowerCase())?.values() ?? [];
  }

  /** Living and binned rows with this value; undefined when the field has no index. */
  rowsWith(object: string, field: string, value: string): readonly Row[] | undefined {
    const index = this.#indexes.get(object.toLowerCase())?.get(field.toLowerCase());
    if (index === undefined) return undefined;
    return Array.from(index.ids.get(keyOf(index, value)) ?? [], (id) => this.#rows.get(id)!);
  }

  /** The living records whose indexed field holds the value. */
  liveWith(object: string, field: string, value: string): readonly StoredRecord[] {
    const rows = this.rowsWith(object, field, value) ?? [];
    return rows.filter((row) => row.deletedAt === null).map((row) => row.record);
  }

  put(row: Row): void {
    const id = String(row.record['Id']);
    const before = this.#rows.get(id) ?? null;
    this.#journal?.push({ id, before });
    this.#replace(id, before, row);
  }

  isInTransaction(): boolean {
    return this.#journal !== null;
  }

  begin(): void {
    this.#journal = [];
  }

  /** A mark to come back to inside a transaction. */
  savepoint(): number {
    return this.#journal?.length ?? 0;
  }

  rollbackTo(savepoint: number): void {
    const journal = this.#journal ?? [];
    for (const { id, before } of journal.splice(savepoint).toReversed()) {
      this.#replace(id, this.#rows.get(id) ?? null, before);
    }
  }

  /** Every row that the transaction touched, once, in the order of the first touch. */
  touched(): readonly Touch[] {
    const firsts = new Map<string, Row | null>();
    for (const { id, before } of this.#journal ?? []) {
      if (!firsts.has(id)) firsts.set(id, before);
    }
    return Array.from(firsts, ([id, before]) => ({ id, before, after: this.#rows.get(id) ?? null }));
  }

  end(): void {
    this.#journal = null;
  }

  #replace(id: string, before: Row | null, after: Row | null): void {
    if (before !== null) this.#unindex(id, before);
    if (after === null) {
      this.#rows.delete(id);
      if (before !== null) this.#objects.get(before.object.toLowerCase())?.delete(id);
      return;
    }
    this.#rows.set(id, after);
    this.#objects.get(after.object.toLowerCase())?.set(id, after);
    if (!after.isPurged) this.#index(id, after);
  }

  #index(id: string, row: Row): void {
    for (const index of this.#indexes.get(row.object.toLowerCase())?.values() ?? []) {
      const value = row.record[index.field];
      if (typeof value !== 'string') continue;
      const key = keyOf(index, value);
      const ids = index.ids.get(key);
      if (ids === undefined) index.ids.set(key, new Set([id]));
      else ids.add(id);
    }
  }

  #unindex(id: string, row: Row): void {
    for (const index of this.#indexes.get(row.object.toLowerCase())?.values() ?? []) {
      const value = row.record[index.field];
      if (typeof value !== 'string') continue;
      const key = keyOf(index, value);
      const ids = index.ids.get(key);
      ids?.delete(id);
      if (ids?.size === 0) index.ids.delete(key);
    }
  }
}

/** A row of the delete log is not a record any more. */
export function toChange({ id, before, after }: Touch): Change {
  return {
    object: (after ?? before)?.object ?? '',
    id,
    before: before?.record ?? null,
    after: after === null || after.isPurged ? null : after.record,
  };
}

function isIndexed(field: FieldSchema): boolean {
  return field.type === 'reference' || field.externalId || field.unique || (field.idLookup && field.type !== 'id');
}

function makeIndex(field: FieldSchema): Index {
  const isFolded = field.type !== 'reference' && !field.caseSensitive;
  return { field: field.name, isFolded, ids: new Map() };
}

/** Text is compared without regard to case unless its field says otherwise. */
function keyOf(index: Index, value: string): string {
  return index.isFolded ? value.toLowerCase() : value;
}
