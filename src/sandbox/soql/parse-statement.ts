import {
  type FieldType,
  type OrderByClause,
  type Query,
  type Subquery,
  parseQuery,
} from '@jetstreamapp/soql-parser-js';
import { SandboxError } from '../types.ts';
import { functionCall, parseCondition } from './parse-condition.ts';
import { errorAtOffset, malformed } from './query-errors.ts';
import type { Operand, Ordering, SelectItem, Statement } from './statement.ts';

/** Reads SOQL. @throws SandboxError MALFORMED_QUERY for what Salesforce, or this sandbox, does not take. */
export function parseStatement(text: string): Statement {
  if (text.length > MAX_STATEMENT) {
    throw malformed(`SOQL statements cannot be longer than ${MAX_STATEMENT} characters.`);
  }
  return statementOf(parse(text));
}

function parse(text: string): Query {
  try {
    return parseQuery(text);
  } catch (cause) {
    throw syntaxError(text, cause instanceof Error ? cause.message : String(cause));
  }
}

/** The library tells the place of a stray character, and the text of an unexpected token. */
function syntaxError(text: string, message: string): SandboxError {
  const offset = /at offset: (?<offset>\d+)/.exec(message)?.groups?.['offset'];
  const token = /found(?::| -->) '?(?<token>[^'\n]*?)'?(?: <--.*)?$/.exec(message)?.groups?.['token'] ?? '';
  const at = offset === undefined ? (token === '' ? text.length : text.lastIndexOf(token)) : Number(offset);
  const found = offset === undefined ? token : (text[at] ?? '');
  const name = found === '' ? '<EOF>' : found;
  return errorAtOffset(text, Math.max(0, at), 'MALFORMED_QUERY', `unexpected token: '${name}'`);
}

function statementOf(query: Query | Subquery): Statement {
  refuseUnsupported(query);
  return {
    from: 'relationshipName' in query ? query.relationshipName : (query.sObject ?? ''),
    alias: query.sObjectAlias ?? null,
    select: (query.fields ?? []).map(selectItem),
    where: query.where === undefined ? null : parseCondition(query.where, parseJoin),
    groupBy: listOf(query.groupBy).map(operandOf),
    having: query.having === undefined ? null : parseCondition(query.having, parseJoin),
    orderBy: listOf(query.orderBy).map(orderingOf),
    limit: query.limit ?? null,
    offset: query.offset ?? 0,
  };
}

function parseJoin(query: unknown): Statement {
  return statementOf(query as Query);
}

/** Clauses that would change what is returned, or write, are never ignored. */
function refuseUnsupported(query: Query | Subquery): void {
  if (query.usingScope !== undefined && query.usingScope.toLowerCase() !== 'everything') {
    throw new SandboxError('INVALID_QUERY_SCOPE', `Invalid scope: ${query.usingScope}`);
  }
  if (query.for !== undefined || query.update !== undefined) throw malformed(`unexpected token: 'FOR'`);
  if (
    query.withDataCategory !== undefined ||
    query.withSecurityEnforced === true ||
    query.withAccessLevel !== undefined
  ) {
    throw malformed(`unexpected token: 'WITH'`);
  }
  if ('sObjectPrefix' in query && (query.sObjectPrefix?.length ?? 0) > 0) {
    throw malformed(`unexpected token: '${query.sObjectPrefix.join('.')}.${query.relationshipName}'`);
  }
}

function selectItem(item: FieldType): SelectItem {
  switch (item.type) {
    case 'Field':
      return { kind: 'field', path: pathOf(item), alias: item.alias ?? null };
    case 'FieldRelationship':
      return { kind: 'field', path: pathOf(item), alias: ('alias' in item ? item.alias : null) ?? null };
    case 'FieldFunctionExpression':
      return functionCall(item);
    case 'FieldSubquery':
      return { kind: 'children', statement: statementOf(item.subquery) };
    case 'FieldTypeof':
  }
  return {
    kind: 'typeof',
    relationship: item.field,
    cases: item.conditions
      .filter((when) => when.type === 'WHEN')
      .map((when) => ({ object: when.objectType ?? '', fields: when.fieldList })),
    otherwise: item.conditions.find((when) => when.type === 'ELSE')?.fieldList ?? null,
  };
}

function pathOf(item: { readonly field: string; readonly rawValue?: string }): string {
  return (
    item.rawValue ??
    ('relationships' in item ? [...(item.relationships as string[]), item.field].join('.') : item.field)
  );
}

function operandOf(clause: { readonly field?: string; readonly fn?: Parameters<typeof functionCall>[0] }): Operand {
  return clause.fn === undefined ? { kind: 'field', path: clause.field ?? '', alias: null } : functionCall(clause.fn);
}

function orderingOf(clause: OrderByClause): Ordering {
  return { by: operandOf(clause), isDescending: clause.order === 'DESC', areNullsLast: clause.nulls === 'LAST' };
}

function listOf<T>(clauses: T | T[] | undefined): readonly T[] {
  if (clauses === undefined) return [];
  return Array.isArray(clauses) ? clauses : [clauses];
}

/** SOQL and SOSL Reference: length of a statement. */
const MAX_STATEMENT = 100_000;
