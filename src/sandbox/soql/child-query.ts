import type { ObjectSchema } from '../types.ts';
import type { QueryContext } from './field-path.ts';
import { type Filter, compileFilter } from './filter.ts';
import { objectFrom } from './object-from.ts';
import { recordOperand } from './operand.ts';
import { type SortKey, sortKey, sortRows } from './ordering.ts';
import { errorAt, malformed } from './query-errors.ts';
import { childRecords } from './scan.ts';
import { type Selection, compileSelection, renderRecord } from './selection.ts';
import type { Statement } from './statement.ts';
import type { StoredRecord } from '../types.ts';

export type ChildQuery = {
  readonly relationshipName: string;
  /** The child's lookup that points at the parent. */
  readonly field: string;
  readonly object: ObjectSchema;
  readonly filter: Filter;
  readonly keys: readonly SortKey<StoredRecord>[];
  readonly limit: number | null;
  readonly selection: Selection;
};

/** Compiles a subquery of the SELECT clause. @throws INVALID_TYPE for an unknown relationship */
export function compileChildQuery(
  context: QueryContext,
  parent: ObjectSchema,
  statement: Statement,
  depth: number,
): ChildQuery {
  if (depth > MAX_DEPTH) throw malformed(`Child queries can be nested ${MAX_DEPTH} levels deep`);
  if (statement.groupBy.length > 0 || statement.having !== null) throw malformed("unexpected token: 'GROUP'");
  if (statement.offset > 0) throw malformed('OFFSET is not supported in child queries');
  const wanted = statement.from.toLowerCase();
  const child = parent.childRelationships.find(({ relationshipName }) => relationshipName.toLowerCase() === wanted);
  if (child === undefined || context.objectNamed(child.childSObject) === undefined) {
    throw unknownChildren(context, statement.from);
  }
  const object = objectFrom(context, child.childSObject);
  return {
    relationshipName: child.relationshipName,
    field: child.field,
    object,
    filter: compileFilter(context, object, statement.alias, statement.where, 'children'),
    keys: statement.orderBy.map((ordering) =>
      sortKey(context.text, recordOperand(context, object, statement.alias, ordering.by, 'ORDER BY'), ordering),
    ),
    limit: statement.limit,
    selection: compileSelection(context, object, statement, depth),
  };
}

/** The children of a record as REST shows them; null, not an empty list, when there are none. */
export function renderChildren(
  context: QueryContext,
  query: ChildQuery,
  parentId: string,
): Record<string, unknown> | null {
  const found = Array.from(childRecords(context, query.object, query.field, parentId)).filter(query.filter.test);
  const sorted = sortRows(found, query.keys, (record) => String(record['Id']));
  const shown = query.limit === null ? sorted : sorted.slice(0, query.limit);
  if (shown.length === 0) return null;
  const records = shown.map((record) => renderRecord(context, query.selection, record));
  return { totalSize: records.length, done: true, records };
}

function unknownChildren(context: QueryContext, name: string): Error {
  return errorAt(
    context.text,
    'FROM',
    name,
    'INVALID_TYPE',
    `Didn't understand relationship '${name}' in FROM part of query call. If you are attempting to use a custom ` +
      "relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or " +
      'the describe call for the appropriate names.',
  );
}

/** SOQL and SOSL Reference: levels of child queries, from API version 58. */
const MAX_DEPTH = 5;
