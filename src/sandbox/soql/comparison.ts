import { DateTime } from 'luxon';
import { toLongId } from '../record-ids.ts';
import type { SandboxValue } from '../types.ts';
import { readDateLiteral } from './date-ranges.ts';
import type { CompiledOperand, ValueKind } from './operand.ts';
import { type Clause, errorAt, malformed } from './query-errors.ts';
import type { Comparison, Literal, Operator } from './statement.ts';
import { fold, matcherOf, readString } from './string-literal.ts';

/** What literals are read against. */
export type LiteralContext = {
  readonly text: string;
  readonly clause: Clause;
  /** Ms, and the zone of the querying user: where `TODAY` begins. */
  readonly now: number;
  readonly zone: string;
};

type Comparable = string | number | boolean;

/** A literal: null, one value, or a span up to but without `until`. */
type Bound = { readonly from: Comparable; readonly until: Comparable | null } | null;

/**
 * Compiles one comparison. Null equals only null: it fails `=`, `<`, `LIKE` and `IN`, and passes `!=` and `NOT IN`.
 * Text is compared without regard to case unless the field is case-sensitive; an empty string is null.
 * @throws INVALID_FIELD when the literal does not fit the field, INVALID_QUERY_FILTER_OPERATOR for the operator
 */
export function compileComparison<T>(
  operand: CompiledOperand<T>,
  comparison: Comparison,
  context: LiteralContext,
): (row: T) => boolean {
  const { operator, literals } = comparison;
  checkOperator(operand, operator, context);
  const [first] = literals;
  if (operator === 'LIKE') return likeTest(operand, first, context);
  if (operator === 'INCLUDES' || operator === 'EXCLUDES') return setTest(operand, operator, literals, context);
  const bounds = literals.map((literal) => boundOf(operand, literal, context));
  const read = comparableReader(operand);
  if (operator === 'IN' || operator === 'NOT IN') {
    const isMember = membership(bounds);
    return operator === 'IN' ? (row) => isMember(read(row)) : (row) => !isMember(read(row));
  }
  return orderTest(operator, bounds[0] ?? null, read);
}

/** The ids or keys that the row must have, when the comparison is one of equality with whole values; else null. */
export function requiredValues<T>(
  operand: CompiledOperand<T>,
  comparison: Comparison,
  context: LiteralContext,
): readonly string[] | null {
  if (comparison.operator !== '=' && comparison.operator !== 'IN') return null;
  const bounds = comparison.literals.map((literal) => boundOf(operand, literal, context));
  const values = bounds.map((bound) => bound?.from);
  return values.every((value) => typeof value === 'string') ? [...new Set(values)] : null;
}

function orderTest<T>(
  operator: Exclude<Operator, 'LIKE' | 'IN' | 'NOT IN' | 'INCLUDES' | 'EXCLUDES'>,
  bound: Bound,
  read: (row: T) => Comparable | null,
): (row: T) => boolean {
  const equals = membership([bound]);
  if (operator === '=') return (row) => equals(read(row));
  if (operator === '!=') return (row) => !equals(read(row));
  if (bound === null) throw malformed(`unexpected token: 'null'`);
  const { from, until } = bound;
  return (row) => {
    const value = read(row);
    if (value === null) return false;
    switch (operator) {
      case '<':
        return value < from;
      case '<=':
        return until === null ? value <= from : value < until;
      case '>':
        return until === null ? value > from : value >= until;
      default:
        return value >= from;
    }
  };
}

function membership(bounds: readonly Bound[]): (value: Comparable | null) => boolean {
  const values = new Set<Comparable | null>(
    bounds.filter((bound) => bound?.until == null).map((bound) => bound?.from ?? null),
  );
  const spans = bounds.filter((bound) => bound !== null).filter((bound) => bound.until !== null);
  if (spans.length === 0) return (value) => values.has(value);
  return (value) =>
    values.has(value) || (value !== null && spans.some(({ from, until }) => value >= from && value < until!));
}

function likeTest<T>(
  operand: CompiledOperand<T>,
  literal: Literal | undefined,
  context: LiteralContext,
): (row: T) => boolean {
  if (literal?.kind !== 'string') throw wrongType(operand, context);
  const matches = matcherOf(literal.text);
  const { read } = operand;
  return (row) => {
    const value = read(row);
    return typeof value === 'string' && matches(fold(value));
  };
}

/** Multi-select picklists: each literal is a set of values that must all be selected. */
function setTest<T>(
  operand: CompiledOperand<T>,
  operator: 'INCLUDES' | 'EXCLUDES',
  literals: readonly Literal[],
  context: LiteralContext,
): (row: T) => boolean {
  const wanted = literals.map((literal) => {
    if (literal.kind !== 'string') throw wrongType(operand, context);
    return fold(readString(literal.text)).split(';');
  });
  const { read } = operand;
  return (row) => {
    const selected = new Set(fold(String(read(row) ?? '')).split(';'));
    const includes = wanted.some((values) => values.every((value) => selected.has(value)));
    return operator === 'INCLUDES' ? includes : !includes;
  };
}

function comparableReader<T>(operand: CompiledOperand<T>): (row: T) => Comparable | null {
  const { read } = operand;
  const isFolded = (operand.kind === 'text' || operand.kind === 'multipicklist') && !operand.isCaseSensitive;
  if (!isFolded) return (row) => emptyAsNull(read(row));
  return (row) => {
    const value = emptyAsNull(read(row));
    return typeof value === 'string' ? fold(value) : value;
  };
}

function emptyAsNull(value: SandboxValue): Comparable | null {
  return value === '' ? null : value;
}

function boundOf<T>(operand: CompiledOperand<T>, literal: Literal, context: LiteralContext): Bound {
  if (literal.kind === 'null') return null;
  switch (operand.kind) {
    case 'text':
    case 'multipicklist':
      return exactly(textOf(operand, literal, context));
    case 'id':
      return exactly(idOf(operand, literal, context));
    case 'number':
      if (literal.kind !== 'number') throw wrongType(operand, context);
      return exactly(Number(literal.text));
    case 'boolean':
      if (literal.kind !== 'boolean') throw wrongType(operand, context);
      return exactly(literal.text === 'TRUE');
    case 'address':
      throw wrongType(operand, context);
    case 'date':
    case 'datetime':
  }
  return timeOf(operand, operand.kind, literal, context);
}

function exactly(value: Comparable | null): Bound {
  return value === null ? null : { from: value, until: null };
}

function textOf<T>(operand: CompiledOperand<T>, literal: Literal, context: LiteralContext): string | null {
  if (literal.kind !== 'string') throw wrongType(operand, context);
  const text = readString(literal.text);
  if (text === '') return null;
  return operand.isCaseSensitive ? text : fold(text);
}

function idOf<T>(operand: CompiledOperand<T>, literal: Literal, context: LiteralContext): string | null {
  const id = literal.kind === 'string' ? readString(literal.text) : null;
  if (id === '') return null;
  if (id === null || !/^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/.test(id)) {
    throw errorAt(
      context.text,
      context.clause,
      operand.token,
      'INVALID_QUERY_FILTER_OPERATOR',
      `invalid ID field: ${id ?? literal.text}`,
    );
  }
  return toLongId(id);
}

function timeOf<T>(
  operand: CompiledOperand<T>,
  kind: 'date' | 'datetime',
  literal: Literal,
  context: LiteralContext,
): Bound {
  if (literal.kind === 'range') {
    const { from, until } = readDateLiteral(literal.text, context.now, context.zone);
    return { from: stored(from, kind), until: stored(until, kind) };
  }
  if (literal.kind !== kind) throw wrongType(operand, context);
  const time = DateTime.fromISO(literal.text.replace(/(?<sign>[+-]\d\d)(?<minutes>\d\d)$/, '$<sign>:$<minutes>'), {
    setZone: true,
  });
  if (!time.isValid) throw malformed(`Invalid ${kind}: ${literal.text}`);
  return exactly(stored(time, kind));
}

function stored(time: DateTime, kind: 'date' | 'datetime'): string {
  if (kind === 'date') return time.toFormat('yyyy-MM-dd');
  return new Date(time.toMillis()).toISOString().replace('Z', '+0000');
}

function checkOperator<T>(operand: CompiledOperand<T>, operator: Operator, context: LiteralContext): void {
  const isAllowed = OPERATORS[operand.kind].includes(operator);
  if (isAllowed) return;
  throw errorAt(
    context.text,
    context.clause,
    operand.token,
    'INVALID_QUERY_FILTER_OPERATOR',
    `invalid operator on ${operand.kind} field`,
  );
}

function wrongType<T>(operand: CompiledOperand<T>, context: LiteralContext): Error {
  const type = operand.kind === 'number' && operand.field.type === 'int' ? 'int' : TYPE_NAMES[operand.kind];
  const quotes = operand.kind === 'text' || operand.kind === 'multipicklist' ? 'should be' : 'should not be';
  return errorAt(
    context.text,
    context.clause,
    operand.token,
    'INVALID_FIELD',
    `value of filter criterion for field '${operand.name}' must be of type ${type} and ${quotes} enclosed in quotes`,
  );
}

const EQUALITY: readonly Operator[] = ['=', '!='];
const ORDER: readonly Operator[] = [...EQUALITY, '<', '<=', '>', '>=', 'IN', 'NOT IN'];

const OPERATORS: Readonly<Record<ValueKind, readonly Operator[]>> = {
  text: [...ORDER, 'LIKE'],
  multipicklist: [...EQUALITY, 'INCLUDES', 'EXCLUDES'],
  boolean: EQUALITY,
  number: ORDER,
  date: ORDER,
  datetime: ORDER,
  id: ORDER,
  address: [],
};

const TYPE_NAMES: Readonly<Record<ValueKind, string>> = {
  text: 'string',
  multipicklist: 'string',
  boolean: 'boolean',
  number: 'double',
  date: 'date',
  datetime: 'dateTime',
  id: 'ID',
  address: 'address',
};
