import { z } from 'zod';

import type { Fields } from '../../domain/record.ts';
import type { Memory } from '../../ports.ts';
import { isShown } from '../plan/plan-row.ts';

const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const TakenBack = z.record(z.string(), z.object({ wrote: Value, restored: Value }));

/**
 * What is to be written after somebody has taken flags back (F37): nothing as long as it would be exactly that again.
 * Once anything else is to be written, or a person has touched the fields, all of it is.
 */
export function heedUndo(update: Fields | null, shown: Fields, memory: Memory | null): Fields | null {
  const takenBack = TakenBack.safeParse(memory?.['takenBack']).data;
  if (update === null || takenBack === undefined) return update;
  const isAgain = Object.entries(update).every(([field, wanted]) => {
    const known = takenBack[field];
    return known !== undefined && isShown(known.wrote, wanted) && isShown(known.restored, shown[field] ?? null);
  });
  return isAgain ? null : update;
}
