import type { ObjectSchema } from '../types.ts';
import { type FieldPath, type QueryContext, resolvePath } from './field-path.ts';
import { compileFilter } from './filter.ts';
import { objectFrom } from './object-from.ts';
import { malformed } from './query-errors.ts';
import { matchingRecords } from './scan.ts';
import type { Join, Statement } from './statement.ts';

export type CompiledJoin = {
  /** What the inner query selects, without nulls; kept until `refresh`. */
  ids(): ReadonlySet<string>;
  refresh(): void;
};

/** Compiles `field IN (SELECT …)`. @throws MALFORMED_QUERY with the rule of the SOQL reference that it breaks. */
export function compileJoin(context: QueryContext, outer: ObjectSchema, left: FieldPath, join: Join): CompiledJoin {
  const { statement } = join;
  checkShape(statement);
  const inner = objectFrom(context, statement.from);
  if (BARRED.has(inner.name)) throw malformed(`Entity '${inner.name}' is not supported for semi join inner selects`);
  if (inner.name === outer.name) {
    throw malformed('The inner and outer selects should not be on the same object type');
  }
  const selected = selectedField(context, inner, statement);
  checkLeft(left, join.path);
  checkSameTarget(left, outer, selected, inner);
  const filter = compileFilter(context, inner, statement.alias, statement.where, 'join');
  let found: ReadonlySet<string> | null = null;
  return {
    ids: () => (found ??= collect(context, inner, filter, selected)),
    refresh: () => {
      found = null;
    },
  };
}

function collect(
  context: QueryContext,
  inner: ObjectSchema,
  filter: ReturnType<typeof compileFilter>,
  selected: FieldPath,
): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const record of matchingRecords(context, inner, filter)) {
    const id = selected.read(record);
    if (typeof id === 'string') ids.add(id);
  }
  return ids;
}

function checkShape(statement: Statement): void {
  const isBare =
    statement.groupBy.length === 0 &&
    statement.having === null &&
    statement.orderBy.length === 0 &&
    statement.limit === null &&
    statement.offset === 0;
  if (!isBare) throw malformed('Semi join sub-selects do not support ORDER BY, GROUP BY, LIMIT or OFFSET');
}

function selectedField(context: QueryContext, inner: ObjectSchema, statement: Statement): FieldPath {
  const [item, ...others] = statement.select;
  if (item?.kind !== 'field' || others.length > 0) {
    throw malformed('Semi join sub-selects can only query exactly one field');
  }
  const path = resolvePath(context, inner, statement.alias, item.path, 'SELECT');
  if ((path.field.type !== 'id' && path.field.type !== 'reference') || path.hops.length > 0) {
    throw malformed(`Semi join sub-selects can only query id fields, cannot use: '${item.path}'`);
  }
  return path;
}

function checkLeft(left: FieldPath, written: string): void {
  if (left.field.type !== 'id' && left.field.type !== 'reference') {
    throw malformed(`The left operand field in the where expression should be an id field, cannot use: '${written}'`);
  }
  if (left.hops.length > 0) {
    throw malformed(`The left operand '${written}' cannot have more than one level of relationships`);
  }
}

function checkSameTarget(left: FieldPath, outer: ObjectSchema, right: FieldPath, inner: ObjectSchema): void {
  const targets = targetsOf(left, outer);
  if (targetsOf(right, inner).some((target) => targets.includes(target))) return;
  throw malformed(
    `The selected field '${right.field.name}' in the subquery and the left operand field '${left.field.name}' ` +
      'in the where expression in the outer query should point to the same object type',
  );
}

function targetsOf(path: FieldPath, object: ObjectSchema): readonly string[] {
  return path.field.type === 'id' ? [object.name] : path.field.referenceTo;
}

const BARRED = new Set(['Task', 'Event', 'ActivityHistory', 'OpenActivity', 'Note', 'Attachment']);
