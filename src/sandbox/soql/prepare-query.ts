import { type ObjectSchema, type PreparedQuery, type QueryableOrg, SandboxError, type StoredRecord } from '../types.ts';
import { compileAggregate, isAggregate } from './aggregate.ts';
import type { QueryContext } from './field-path.ts';
import { type Filter, compileFilter } from './filter.ts';
import { objectFrom } from './object-from.ts';
import { recordOperand } from './operand.ts';
import { sortKey, sortRows } from './ordering.ts';
import { malformed } from './query-errors.ts';
import { parseStatement } from './parse-statement.ts';
import { matchingRecords } from './scan.ts';
import { compileSelection, renderRecord } from './selection.ts';
import type { Statement } from './statement.ts';

export type QueryOptions = {
  /** `queryAll`: the recycle bin too. */
  readonly scanAll: boolean;
  /** `v66.0`, for the urls in the answer. */
  readonly apiVersion?: string;
};

/** Parses and checks a query; nothing is read from the org's records before `ids` or `aggregate`. */
export function prepareQuery(text: string, org: QueryableOrg, options: QueryOptions): PreparedQuery {
  const statement = parseStatement(text);
  if (statement.offset > MAX_OFFSET) {
    throw new SandboxError('NUMBER_OUTSIDE_VALID_RANGE', `Maximum SOQL offset allowed is ${MAX_OFFSET}`);
  }
  const context: QueryContext = {
    org,
    objectNamed: onceEach((name) => org.object(name)),
    scanAll: options.scanAll,
    apiVersion: options.apiVersion ?? 'v66.0',
    text,
  };
  const object = objectFrom(context, statement.from);
  const filter = compileFilter(context, object, statement.alias, statement.where, 'main');
  return isAggregate(statement)
    ? aggregateQuery(context, object, statement, filter)
    : recordQuery(context, object, statement, filter);
}

function recordQuery(context: QueryContext, object: ObjectSchema, statement: Statement, filter: Filter): PreparedQuery {
  const selection = compileSelection(context, object, statement, 0);
  if (statement.orderBy.length > MAX_SORT_KEYS)
    throw malformed(`Maximum ${MAX_SORT_KEYS} fields are allowed in ORDER BY`);
  const keys = statement.orderBy.map((ordering) =>
    sortKey(context.text, recordOperand(context, object, statement.alias, ordering.by, 'ORDER BY'), ordering),
  );
  return {
    object: object.name,
    ids: () => {
      const sorted = sortRows(matchingRecords(context, object, filter), keys, idOf);
      const end = statement.limit === null ? undefined : statement.offset + statement.limit;
      return sorted.slice(statement.offset, end).map(idOf);
    },
    render: (id) => {
      const record = context.org.record(id, context.scanAll);
      return record === undefined ? null : renderRecord(context, selection, record);
    },
    aggregate: () => null,
  };
}

function aggregateQuery(
  context: QueryContext,
  object: ObjectSchema,
  statement: Statement,
  filter: Filter,
): PreparedQuery {
  const run = compileAggregate(context, object, statement);
  return {
    object: object.name,
    ids: () => [],
    render: () => null,
    aggregate: () => run(matchingRecords(context, object, filter)),
  };
}

function onceEach<T>(ask: (name: string) => T): (name: string) => T {
  const answers = new Map<string, T>();
  return (name) => {
    if (!answers.has(name)) answers.set(name, ask(name));
    return answers.get(name)!;
  };
}

function idOf(record: StoredRecord): string {
  return String(record['Id']);
}

/** SOQL and SOSL Reference: OFFSET and ORDER BY. */
const MAX_OFFSET = 2000;
const MAX_SORT_KEYS = 32;
