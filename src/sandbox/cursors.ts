import { SandboxError } from './types.ts';
import type { PreparedQuery } from './types.ts';

const TWO_DAYS = 2 * 86_400_000;
const MOST_GROUPS = 2000;

type Cursor = {
  readonly query: PreparedQuery;
  readonly ids: readonly string[];
  readonly pageSize: number;
  readonly userId: string;
  readonly expiresAt: number;
};

/** Open queries. A cursor keeps ids, not rows: what changes or vanishes between two pages shows. */
export class Cursors {
  readonly #cursors = new Map<string, Cursor>();
  readonly #now: () => number;
  readonly #random: () => number;

  constructor(now: () => number, random: () => number) {
    this.#now = now;
    this.#random = random;
  }

  /** The first page, and a locator for the rest when there is one. `root` is the path of the API version. */
  open(query: PreparedQuery, userId: string, pageSize: number, root: string): Record<string, unknown> {
    const groups = query.aggregate();
    if (groups !== null) {
      if (groups.records.length > MOST_GROUPS) throw tooManyGroups();
      return { totalSize: groups.totalSize, done: true, records: groups.records };
    }
    this.#forgetExpired();
    const ids = query.ids();
    const cursor: Cursor = { query, ids, pageSize, userId, expiresAt: this.#now() + TWO_DAYS };
    const locator = this.#newLocator();
    if (ids.length > pageSize) this.#cursors.set(locator, cursor);
    return showPage(cursor, 0, locator, root);
  }

  /** @param position `0r8…-2000`, from a next link */
  next(position: string, userId: string, root: string): Record<string, unknown> {
    const [, locator = '', offset = ''] = /^(\w+)-(\d+)$/.exec(position) ?? [];
    const cursor = this.#cursors.get(locator);
    const isUsable = cursor !== undefined && cursor.userId === userId && cursor.expiresAt > this.#now();
    if (!isUsable || Number(offset) >= cursor.ids.length) {
      throw new SandboxError('INVALID_QUERY_LOCATOR', 'invalid query locator');
    }
    return showPage(cursor, Number(offset), locator, root);
  }

  expireAll(): void {
    this.#cursors.clear();
  }

  #forgetExpired(): void {
    for (const [locator, { expiresAt }] of this.#cursors) {
      if (expiresAt <= this.#now()) this.#cursors.delete(locator);
    }
  }

  #newLocator(): string {
    const digits = Math.floor(this.#random() * 1e12).toString(36);
    return `0r8xx${digits.padStart(9, '0')}${(this.#cursors.size + 1).toString(36).padStart(4, '0')}`;
  }
}

function showPage(cursor: Cursor, offset: number, locator: string, root: string): Record<string, unknown> {
  const end = offset + cursor.pageSize;
  const rows = cursor.ids.slice(offset, end).map((id) => cursor.query.render(id));
  const records = rows.filter((row) => row !== null);
  const totalSize = cursor.ids.length;
  if (end >= totalSize) return { totalSize, done: true, records };
  // Also the next page of queryAll is fetched from `query`.
  return { totalSize, done: false, nextRecordsUrl: `${root}/query/${locator}-${end}`, records };
}

function tooManyGroups(): SandboxError {
  const text = 'Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch';
  return new SandboxError('EXCEEDED_ID_LIMIT', text);
}
