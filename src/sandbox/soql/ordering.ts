import type { FieldSchema } from '../types.ts';
import type { CompiledOperand } from './operand.ts';
import { errorAt } from './query-errors.ts';
import type { Ordering } from './statement.ts';
import { fold } from './string-literal.ts';

export type SortKey<T> = {
  readonly read: (row: T) => string | number | null;
  readonly isDescending: boolean;
  readonly areNullsLast: boolean;
};

/** One key of ORDER BY: picklists in the order of Setup, text without regard to case, nulls first unless told. */
export function sortKey<T>(text: string, operand: CompiledOperand<T>, ordering: Ordering): SortKey<T> {
  const { field, read } = operand;
  if (!field.sortable) {
    throw errorAt(
      text,
      'ORDER BY',
      operand.token,
      'MALFORMED_QUERY',
      `field '${field.name}' can not be sorted in a query call`,
    );
  }
  const { isDescending, areNullsLast } = ordering;
  if (ordering.by.kind === 'field' && field.type === 'picklist') {
    return { read: picklistReader(field, read), isDescending, areNullsLast };
  }
  const isText = operand.kind === 'text' && !operand.isCaseSensitive;
  return {
    read: (row) => {
      const value = read(row);
      if (typeof value === 'boolean') return value ? 1 : 0;
      return isText && typeof value === 'string' ? fold(value) : value;
    },
    isDescending,
    areNullsLast,
  };
}

/**
 * Sorts by the keys. Rows that are equal in all of them come out shuffled: by a hash of their tie-break, as
 * Salesforce promises no order among them, and above all not that of the ids.
 */
export function sortRows<T>(rows: readonly T[], keys: readonly SortKey<T>[], tieBreak: (row: T) => string): T[] {
  const decorated = rows.map((row) => ({ row, values: keys.map((key) => key.read(row)), tie: hash(tieBreak(row)) }));
  decorated.sort((a, b) => {
    for (const [index, key] of keys.entries()) {
      const order = compareValues(a.values[index] ?? null, b.values[index] ?? null, key);
      if (order !== 0) return order;
    }
    return a.tie - b.tie;
  });
  return decorated.map(({ row }) => row);
}

function compareValues<T>(a: string | number | null, b: string | number | null, key: SortKey<T>): number {
  if (a === b) return 0;
  if (a === null || b === null) return (a === null) === key.areNullsLast ? 1 : -1;
  return a < b === key.isDescending ? 1 : -1;
}

function picklistReader<T>(field: FieldSchema, read: CompiledOperand<T>['read']): SortKey<T>['read'] {
  const positions = new Map(field.picklistValues.map(({ value }, index) => [value, index]));
  return (row) => {
    const value = read(row);
    if (typeof value !== 'string') return null;
    const position = positions.get(value) ?? positions.size;
    return `${String(position).padStart(4, '0')}${fold(value)}`;
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
  return sum >>> 0;
}
