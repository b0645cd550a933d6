import type { ConfirmedWrite } from '../../domain/decision.ts';
import type { FieldValue } from '../../domain/record.ts';
import { isShown } from '../plan/plan-row.ts';

/** A decision whose writes are to be taken back, as the decision log has it. */
export type UndoneDecision = {
  readonly id: string;
  readonly module: string;
  readonly object: string;
  readonly record_id: string;
  readonly writes: readonly ConfirmedWrite[];
};

/**
 * What can be done about one field. `restore`: it still holds what we wrote. `restored`: it holds what was there before,
 * an earlier undo did it. `changed_since`: somebody has changed it. `redacted`: the log does not hold its value.
 */
export type FieldUndo = {
  readonly decision: string;
  readonly module: string;
  readonly object: string;
  readonly recordId: string;
  readonly field: string;
  readonly kind: 'restore' | 'restored' | 'changed_since' | 'redacted';
  /** What the decision wrote, and what was there before. */
  readonly after: FieldValue;
  readonly before: FieldValue;
};

/** Values by `object:id`, then by field; a record that is gone has no entry. */
export type Shown = ReadonlyMap<string, Readonly<Record<string, FieldValue>>>;

/**
 * Judges every field that some decisions wrote, one decision after the other, so that two writes to one field are taken
 * back one on top of the other (F37).
 * @param decisions  the latest first
 * @param kept  fields that hold what we have done about a record, like its turn: they keep it from being done again
 */
export function planUndo(
  decisions: readonly UndoneDecision[],
  shown: Shown,
  kept: ReadonlySet<string>,
  isRedacted: (value: FieldValue) => boolean,
): readonly FieldUndo[] {
  const current = new Map([...shown].map(([name, fields]) => [name, { ...fields }]));
  return decisions.flatMap(({ id: decision, module, writes }) =>
    writes.flatMap((write): readonly FieldUndo[] => {
      if (!('fields' in write)) return [];
      const { object, record_id: recordId } = write;
      const record = current.get(`${object}:${recordId}`);
      return Object.entries(write.fields).flatMap(([field, { before, after }]): readonly FieldUndo[] => {
        if (kept.has(field)) return [];
        const facts = { decision, module, object, recordId, field, before, after };
        if (isRedacted(before) || isRedacted(after)) return [{ ...facts, kind: 'redacted' }];
        if (record === undefined) return [{ ...facts, kind: 'changed_since' }];
        const held = record[field] ?? null;
        if (isShown(after, held)) {
          record[field] = before;
          return [{ ...facts, kind: 'restore' }];
        }
        return [{ ...facts, kind: isShown(before, held) ? 'restored' : 'changed_since' }];
      });
    }),
  );
}
