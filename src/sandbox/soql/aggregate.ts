import { type FieldSchema, type ObjectSchema, SandboxError, type SandboxValue, type StoredRecord } from '../types.ts';
import { compileComparison } from './comparison.ts';
import { DATE_FUNCTIONS } from './date-functions.ts';
import type { QueryContext } from './field-path.ts';
import { literalContext } from './filter.ts';
import { type CompiledOperand, type RecordOperand, recordOperand } from './operand.ts';
import { type SortKey, sortKey, sortRows } from './ordering.ts';
import { errorAt, malformed } from './query-errors.ts';
import type { Condition, FunctionCall, Operand, Statement } from './statement.ts';

export type AggregateResult = { readonly totalSize: number; readonly records: readonly Record<string, unknown>[] };

/** Counts, sums and groups a set of records. */
export type AggregateQuery = (records: readonly StoredRecord[]) => AggregateResult;

/** One group: its key values by operand, and its records. */
type Group = { readonly values: readonly SandboxValue[]; readonly records: readonly StoredRecord[] };

type Scope = {
  readonly context: QueryContext;
  readonly object: ObjectSchema;
  readonly statement: Statement;
  readonly keys: readonly RecordOperand[];
};

/** Whether the statement is one of groups rather than of records. */
export function isAggregate(statement: Statement): boolean {
  return (
    statement.groupBy.length > 0 ||
    statement.having !== null ||
    statement.select.some(
      (item) => item.kind === 'function' && (AGGREGATES.has(item.name) || item.name in DATE_FUNCTIONS),
    )
  );
}

/** Compiles a query with `COUNT()`, aggregate functions or GROUP BY. @throws MALFORMED_QUERY as Salesforce does */
export function compileAggregate(context: QueryContext, object: ObjectSchema, statement: Statement): AggregateQuery {
  const [first] = statement.select;
  if (first?.kind === 'function' && first.name === 'COUNT' && first.argument === null) return countAll(statement);
  const scope = { context, object, statement, keys: groupKeys(context, object, statement) };
  if (statement.groupBy.length === 0 && statement.limit !== null) {
    throw malformed('Non-grouped query that uses overall aggregate functions cannot also use LIMIT');
  }
  if (statement.groupBy.length === 0 && statement.orderBy.length > 0) {
    throw malformed('Ordering is not allowed in a query that uses overall aggregate functions');
  }
  const columns = compileColumns(scope);
  const having = statement.having === null ? () => true : compileHaving(scope, statement.having);
  const order = statement.orderBy.map((ordering): SortKey<Group> =>
    sortKey(context.text, groupOperand(scope, ordering.by, 'ORDER BY'), ordering),
  );
  return (records) => {
    const groups = statement.groupBy.length === 0 ? [{ values: [], records }] : groupRecords(scope.keys, records);
    const passing = groups.filter(having);
    const sorted = sortRows(passing, order, ({ values }) => JSON.stringify(values));
    const end = statement.limit === null ? undefined : statement.offset + statement.limit;
    const shown = sorted.slice(statement.offset, end);
    if (shown.length > MAX_GROUPS) {
      throw new SandboxError(
        'EXCEEDED_ID_LIMIT',
        'Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch',
      );
    }
    return { totalSize: shown.length, records: shown.map((group) => renderGroup(columns, group)) };
  };
}

function countAll(statement: Statement): AggregateQuery {
  if (statement.select.length > 1) throw malformed('COUNT() must be the only element in the SELECT list');
  if (statement.groupBy.length > 0 || statement.orderBy.length > 0) {
    throw malformed('COUNT() cannot be used with GROUP BY or ORDER BY; use COUNT(Id)');
  }
  const { limit, offset } = statement;
  return (records) => {
    const rest = Math.max(0, records.length - offset);
    return { totalSize: limit === null ? rest : Math.min(rest, limit), records: [] };
  };
}

function groupKeys(context: QueryContext, object: ObjectSchema, statement: Statement): readonly RecordOperand[] {
  return statement.groupBy.map((operand) => {
    const key = recordOperand(context, object, statement.alias, operand, 'GROUP BY');
    if (operand.kind === 'field' && !key.field.groupable) {
      throw errorAt(
        context.text,
        'GROUP BY',
        operand.path,
        'MALFORMED_QUERY',
        `field '${key.field.name}' can not be grouped in a query call`,
      );
    }
    return key;
  });
}

function groupRecords(keys: readonly RecordOperand[], records: readonly StoredRecord[]): readonly Group[] {
  const groups = new Map<string, { values: SandboxValue[]; records: StoredRecord[] }>();
  for (const record of records) {
    const values = keys.map((key) => key.read(record));
    const name = JSON.stringify(values);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { values, records: [record] });
    else group.records.push(record);
  }
  return [...groups.values()];
}

type Column = { readonly key: string; readonly read: (group: Group) => SandboxValue };

function compileColumns(scope: Scope): readonly Column[] {
  let unnamed = 0;
  const columns = scope.statement.select.map((item): Column => {
    if (item.kind === 'children' || item.kind === 'typeof')
      throw malformed('Grouped queries cannot hold child queries');
    const { read, field } = groupOperand(scope, item, 'SELECT');
    const key = item.alias ?? (item.kind === 'field' ? field.name : `expr${unnamed++}`);
    return { key, read };
  });
  const twice = columns.find(({ key }, index) => columns.findIndex((column) => column.key === key) < index);
  if (twice !== undefined) throw malformed(`duplicate alias: ${twice.key}`);
  return columns;
}

function renderGroup(columns: readonly Column[], group: Group): Record<string, unknown> {
  const values = columns.map(({ key, read }) => [key, read(group)] as const);
  return { attributes: { type: 'AggregateResult' }, ...Object.fromEntries(values) };
}

/** An operand of a group: an aggregate of its records, or one of its keys. */
function groupOperand(
  scope: Scope,
  operand: Operand,
  clause: 'SELECT' | 'HAVING' | 'ORDER BY',
): CompiledOperand<Group> {
  const { context, object, statement, keys } = scope;
  if (operand.kind === 'function' && AGGREGATES.has(operand.name)) return aggregateOperand(scope, operand, clause);
  const compiled = recordOperand(context, object, statement.alias, operand, clause);
  const index = keys.findIndex((key) => key.identity === compiled.identity);
  if (index < 0) {
    const name = operand.kind === 'field' ? operand.path : operand.written;
    throw errorAt(
      context.text,
      clause,
      compiled.token,
      'MALFORMED_QUERY',
      `Field must be grouped or aggregated: ${name}`,
    );
  }
  return { ...compiled, read: (group) => group.values[index] ?? null };
}

function aggregateOperand(
  scope: Scope,
  call: FunctionCall,
  clause: 'SELECT' | 'HAVING' | 'ORDER BY',
): CompiledOperand<Group> {
  const { context, object, statement } = scope;
  if (call.argument === null) throw malformed(`unexpected token: '${call.written}'`);
  const of = recordOperand(
    context,
    object,
    statement.alias,
    { kind: 'field', path: call.argument, alias: null },
    clause,
  );
  const isNumeric = of.kind === 'number';
  const isRefused =
    !of.field.filterable ||
    ((call.name === 'SUM' || call.name === 'AVG') && !isNumeric) ||
    ((call.name === 'MIN' || call.name === 'MAX') && of.kind === 'boolean');
  if (isRefused) {
    throw errorAt(
      context.text,
      clause,
      call.argument,
      'MALFORMED_QUERY',
      `field ${of.field.name} does not support aggregate operator ${call.name}`,
    );
  }
  const isCount = call.name === 'COUNT' || call.name === 'COUNT_DISTINCT';
  const field: FieldSchema = { ...of.field, sortable: true };
  return {
    ...of,
    kind: isCount ? 'number' : of.kind,
    name: call.written,
    token: call.name,
    field,
    read: (group) =>
      aggregateOf(
        call.name,
        group.records.map(of.read).filter((value) => value !== null),
      ),
  };
}

function aggregateOf(name: string, values: readonly NonNullable<SandboxValue>[]): SandboxValue {
  switch (name) {
    case 'COUNT':
      return values.length;
    case 'COUNT_DISTINCT':
      return new Set(values).size;
    case 'SUM':
      return values.length === 0 ? null : sum(values);
    case 'AVG':
      return values.length === 0 ? null : sum(values) / values.length;
    case 'MIN':
      return values.reduce<SandboxValue>((least, value) => (least === null || value < least ? value : least), null);
    default:
      return values.reduce<SandboxValue>((most, value) => (most === null || value > most ? value : most), null);
  }
}

function sum(values: readonly NonNullable<SandboxValue>[]): number {
  return values.reduce<number>((total, value) => total + Number(value), 0);
}

function compileHaving(scope: Scope, condition: Condition): (group: Group) => boolean {
  switch (condition.kind) {
    case 'and': {
      const parts = condition.parts.map((part) => compileHaving(scope, part));
      return (group) => parts.every((part) => part(group));
    }
    case 'or': {
      const parts = condition.parts.map((part) => compileHaving(scope, part));
      return (group) => parts.some((part) => part(group));
    }
    case 'not': {
      const part = compileHaving(scope, condition.part);
      return (group) => !part(group);
    }
    case 'join':
      throw malformed('Semi join sub-selects are not allowed in HAVING');
    case 'compare':
  }
  const operand = groupOperand(scope, condition.operand, 'HAVING');
  return compileComparison(operand, condition, { ...literalContext(scope.context), clause: 'HAVING' });
}

const AGGREGATES = new Set(['COUNT', 'COUNT_DISTINCT', 'SUM', 'AVG', 'MIN', 'MAX']);

/** A grouped query cannot be paged: SOQL and SOSL Reference, GROUP BY. */
const MAX_GROUPS = 2000;
