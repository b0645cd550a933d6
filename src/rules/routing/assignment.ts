import { z } from 'zod';

const Turn = z.object({
  pool: z.string(),
  turn: z.int(),
  user: z.string(),
  credit: z.record(z.string(), z.number()),
  previousTurn: z.int().nullable(),
});

/** Who gets a lead in one epoch. It stands before the write and is kept through every retry (D9). */
export const Assignment = z.object({
  /** Id of the user, or of the queue. */
  ownerId: z.string(),
  /** What the log and the task's text say of the route. */
  route: z.string(),
  reason: z.string(),
  territory: z.string().nullable(),
  pool: z.string().nullable(),
  turn: Turn.nullable(),
  /** When it was decided; caps of the day count by it (R17). */
  at: z.number(),
  /** The org has confirmed the owner. */
  isConfirmed: z.boolean(),
  /** The task to the new owner stands, or none is to be made. */
  isHandedOff: z.boolean(),
});
export type Assignment = Readonly<z.output<typeof Assignment>>;

/** An assignment as it was stored; null when there is none, or an older version left one that cannot be used. */
export function readAssignment(stored: unknown): Assignment | null {
  return Assignment.safeParse(stored).data ?? null;
}

/** The value of `write.turn_key`: unique in the org, so that one turn goes to one lead even if Redis is rolled back. */
export function turnKey({ pool, turn }: z.output<typeof Turn>): string {
  return `${pool}:${String(turn).padStart(9, '0')}`;
}
