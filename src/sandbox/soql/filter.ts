import { type ObjectSchema, SandboxError, type StoredRecord } from '../types.ts';
import { type LiteralContext, compileComparison, requiredValues } from './comparison.ts';
import type { QueryContext } from './field-path.ts';
import { recordOperand } from './operand.ts';
import { errorAt, malformed } from './query-errors.ts';
import { type CompiledJoin, compileJoin } from './semi-join.ts';
import type { Comparison, Condition, Join } from './statement.ts';

/** A WHERE clause, compiled once. */
export type Filter = {
  /** Whether a record passes. Semi-joins are looked up once per `refresh`. */
  readonly test: (record: StoredRecord) => boolean;
  readonly lookup: Lookup | null;
  /** Forgets what the semi-joins have found. */
  readonly refresh: () => void;
};

/** Equalities with ids or keys, from which an index can find every record that may pass. */
export type Lookup =
  | {
      readonly kind: 'values';
      readonly field: string;
      readonly isId: boolean;
      readonly values: () => readonly string[];
    }
  | { readonly kind: 'any' | 'all'; readonly parts: readonly Lookup[] };

/** Where a semi-join may stand: nowhere in child queries and inside other semi-joins. */
export type JoinPlace = 'main' | 'children' | 'join';

type Node = { readonly test: (record: StoredRecord) => boolean; readonly lookup: Lookup | null };

type Scope = {
  readonly context: QueryContext;
  readonly object: ObjectSchema;
  readonly alias: string | null;
  readonly literals: LiteralContext;
  readonly joins: CompiledJoin[];
  readonly place: JoinPlace;
};

/** Compiles a condition on records of an object; null passes everything. */
export function compileFilter(
  context: QueryContext,
  object: ObjectSchema,
  alias: string | null,
  condition: Condition | null,
  place: JoinPlace,
): Filter {
  if (condition === null) return { test: () => true, lookup: null, refresh: () => {} };
  const literals = literalContext(context);
  const joins: CompiledJoin[] = [];
  const node = compileNode({ context, object, alias, literals, joins, place }, condition, 'root');
  if (joins.length > MAX_JOINS) {
    throw new SandboxError(
      'EXCEEDED_MAX_SEMIJOIN_SUBSELECTS',
      `Maximum ${MAX_JOINS} semi join sub-selects are allowed`,
    );
  }
  return { ...node, refresh: () => joins.forEach((join) => join.refresh()) };
}

export function literalContext(context: QueryContext): LiteralContext {
  const zone = context.org.record(context.org.userId(), true)?.['TimeZoneSidKey'];
  return {
    text: context.text,
    clause: 'WHERE',
    now: context.org.now(),
    zone: typeof zone === 'string' ? zone : 'UTC',
  };
}

/** Semi-joins stand alone or under the outermost AND. */
type Level = 'root' | 'and' | 'or' | 'nested';

function compileNode(scope: Scope, condition: Condition, level: Level): Node {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const below = level === 'root' ? condition.kind : 'nested';
      return combine(
        condition.kind,
        condition.parts.map((part) => compileNode(scope, part, below)),
      );
    }
    case 'not': {
      const { test } = compileNode(scope, condition.part, 'nested');
      return { test: (record) => !test(record), lookup: null };
    }
    case 'compare':
      return comparisonNode(scope, condition);
    case 'join':
  }
  return joinNode(scope, condition, level);
}

function combine(kind: 'and' | 'or', nodes: readonly Node[]): Node {
  const tests = nodes.map((node) => node.test);
  const lookups = nodes.map((node) => node.lookup).filter((lookup) => lookup !== null);
  if (kind === 'and') {
    const lookup: Lookup | null = lookups.length === 0 ? null : { kind: 'all', parts: lookups };
    return { test: (record) => tests.every((test) => test(record)), lookup };
  }
  const lookup: Lookup | null = lookups.length < nodes.length ? null : { kind: 'any', parts: lookups };
  return { test: (record) => tests.some((test) => test(record)), lookup };
}

function comparisonNode(scope: Scope, comparison: Comparison): Node {
  const { context, object, alias, literals } = scope;
  const operand = recordOperand(context, object, alias, comparison.operand, 'WHERE');
  if (!operand.field.filterable) {
    throw errorAt(
      context.text,
      'WHERE',
      operand.token,
      'INVALID_FIELD',
      `field '${operand.field.name}' can not be filtered in a query call`,
    );
  }
  const test = compileComparison(operand, comparison, literals);
  const { field } = operand;
  const isKey = operand.kind === 'id' || (field.unique && field.caseSensitive);
  const isDirect = comparison.operand.kind === 'field' && operand.path.hops.length === 0;
  const values = isKey && isDirect ? requiredValues(operand, comparison, literals) : null;
  if (values === null) return { test, lookup: null };
  return { test, lookup: { kind: 'values', field: field.name, isId: field.type === 'id', values: () => values } };
}

function joinNode(scope: Scope, join: Join, level: Level): Node {
  const { context, object, alias } = scope;
  if (scope.place === 'join') throw malformed('Nesting of semi join sub-selects is not supported');
  if (scope.place === 'children' || level === 'nested') {
    throw malformed(
      'Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested WHERE expressions.',
    );
  }
  if (level === 'or') throw malformed("Semi join sub-selects are not allowed with the 'OR' operator");
  const left = recordOperand(context, object, alias, { kind: 'field', path: join.path, alias: null }, 'WHERE');
  const compiled = compileJoin(context, object, left.path, join);
  scope.joins.push(compiled);
  const { name, type } = left.field;
  if (join.isAnti) return { test: (record) => !compiled.ids().has(String(record[name])), lookup: null };
  return {
    test: (record) => compiled.ids().has(String(record[name])),
    lookup: { kind: 'values', field: name, isId: type === 'id', values: () => [...compiled.ids()] },
  };
}

/** SOQL and SOSL Reference: semi-joins and anti-joins in one WHERE clause. */
const MAX_JOINS = 2;
