import { inGroups } from '../domain/in-groups.ts';

/** What decides with whom a row may share a transaction. */
export type SharedRow = {
  /** The record whose lock the row takes besides its own: an account; null when there is none. */
  readonly parent: string | null;
  /** How often it has been refused before. */
  readonly tries: number;
};

/** One call: up to five collections, each a transaction of its own, of places in the list of rows. */
export type PlannedCall = readonly (readonly number[])[];

/** Collections of a composite call. Source: REST API guide v66, Composite. */
const MOST_CHUNKS = 5;

/** Rows of one transaction, by how often they were refused: the fewer they are, the fewer locks meet (FM 24). */
const CHUNK_SIZES = [200, 50, 10, 1] as const;

/** From so many refusals on a row has its call for itself: it may be what makes the org fail (D15). */
const ALONE = 5;

/**
 * Shares rows out among transactions: rows of one parent stand together, so that no two transactions wait for its lock,
 * as long as that makes no further transaction necessary; rows that were refused before go out in ever smaller ones (D8).
 * @returns the calls in the order of sending; every row stands in exactly one
 */
export function planCalls(rows: readonly SharedRow[]): readonly PlannedCall[] {
  const places = rows.map((_, place) => place);
  const isAlone = (place: number): boolean => rows[place]!.tries >= ALONE;
  const alone = places.filter(isAlone);
  const others = places.filter((place) => !isAlone(place));
  const bySize = Map.groupBy(others, (place) => CHUNK_SIZES[rows[place]!.tries] ?? 1);
  const shared = [...bySize].flatMap(([size, some]) =>
    inGroups(
      planChunks(some, size, (place) => rows[place]!.parent),
      MOST_CHUNKS,
    ),
  );
  return [...shared, ...alone.map((place) => [[place]])];
}

function planChunks(
  places: readonly number[],
  size: number,
  parentOf: (place: number) => string | null,
): readonly (readonly number[])[] {
  const families = [...Map.groupBy(places, (place) => parentOf(place) ?? place).values()];
  // How many places may stay empty before one more transaction is needed.
  let spare = Math.ceil(places.length / size) * size - places.length;
  const chunks: number[][] = [];
  let room = 0;
  for (const family of families) {
    if (family.length > room && room <= spare) {
      spare -= room;
      room = 0;
    }
    for (const place of family) {
      if (room === 0) {
        chunks.push([]);
        room = size;
      }
      chunks.at(-1)!.push(place);
      room--;
    }
  }
  return chunks;
}
