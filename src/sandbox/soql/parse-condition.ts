import type { FunctionExp, HavingClause, WhereClause } from '@jetstreamapp/soql-parser-js';
import { malformed } from './query-errors.ts';
import type { Condition, FunctionCall, Literal, Operand, Operator, Statement } from './statement.ts';

/** What the library leaves of a clause: a chain in the order of the text, with counts of parentheses. */
type Token =
  | { readonly kind: '(' | ')' | 'AND' | 'OR' | 'NOT' }
  | { readonly kind: 'leaf'; readonly condition: Condition };

type Chain = WhereClause | HavingClause;

type ChainLeaf = {
  readonly openParen?: number;
  readonly closeParen?: number;
  readonly field?: string;
  readonly fn?: FunctionExp;
  readonly operator?: string;
  readonly value?: string | readonly string[];
  readonly literalType?: string | readonly string[];
  readonly valueQuery?: unknown;
};

/**
 * The tree of a WHERE or HAVING clause. As in Salesforce, AND and OR do not mix without parentheses, and NOT
 * stands alone in its parentheses. Of three negations that open one another the library loses one: the parentheses
 * then do not match, and the query is refused rather than misread.
 * @param parseJoin  reads the query of a semi-join
 */
export function parseCondition(chain: Chain, parseJoin: (query: unknown) => Statement): Condition {
  const tokens = tokensOf(chain, parseJoin);
  const [condition, end] = parseExpression(tokens, 0);
  if (end < tokens.length) throw unexpected(tokens[end]);
  return condition;
}

/** A function as the library shows it; nested functions are refused. */
export function functionCall(call: FunctionExp & { readonly alias?: string }): FunctionCall {
  const name = (call.functionName ?? '').toUpperCase();
  const parameters = call.parameters ?? [];
  const [argument] = parameters;
  if (parameters.length > 1 || (argument !== undefined && typeof argument !== 'string')) {
    throw malformed(`unexpected token: '${call.rawValue ?? name}'`);
  }
  return {
    kind: 'function',
    name,
    argument: argument ?? null,
    alias: call.alias ?? null,
    written: `${name}(${argument ?? ''})`,
  };
}

function tokensOf(chain: Chain, parseJoin: (query: unknown) => Statement): readonly Token[] {
  const tokens: Token[] = [];
  let link: Chain | undefined = chain;
  while (link !== undefined) {
    const leaf = link.left as ChainLeaf | null;
    const { operator, right } = link as { operator?: string; right?: Chain };
    tokens.push(...Array.from({ length: leaf?.openParen ?? 0 }, () => ({ kind: '(' }) as const));
    if (leaf !== null && leaf.operator !== undefined) {
      tokens.push({ kind: 'leaf', condition: leafOf(leaf, parseJoin) });
      tokens.push(...Array.from({ length: leaf.closeParen ?? 0 }, () => ({ kind: ')' }) as const));
    }
    if (operator === 'AND' || operator === 'OR' || operator === 'NOT') tokens.push({ kind: operator });
    link = right;
  }
  return tokens;
}

function parseExpression(tokens: readonly Token[], start: number): readonly [Condition, number] {
  if (tokens[start]?.kind === 'NOT') {
    const [part, end] = parsePrimary(tokens, start + 1);
    return [{ kind: 'not', part }, end];
  }
  const [first, afterFirst] = parsePrimary(tokens, start);
  const joint = tokens[afterFirst]?.kind;
  if (joint !== 'AND' && joint !== 'OR') return [first, afterFirst];
  const parts = [first];
  let at = afterFirst;
  while (tokens[at]?.kind === joint) {
    const [part, end] = parsePrimary(tokens, at + 1);
    parts.push(part);
    at = end;
  }
  return [{ kind: joint === 'AND' ? 'and' : 'or', parts }, at];
}

function parsePrimary(tokens: readonly Token[], start: number): readonly [Condition, number] {
  const token = tokens[start];
  if (token?.kind === 'leaf') return [token.condition, start + 1];
  if (token?.kind !== '(') throw unexpected(token);
  const [condition, end] = parseExpression(tokens, start + 1);
  if (tokens[end]?.kind !== ')') throw unexpected(tokens[end]);
  return [condition, end + 1];
}

function leafOf(leaf: ChainLeaf, parseJoin: (query: unknown) => Statement): Condition {
  const operator = operatorOf(leaf.operator ?? '');
  if (leaf.valueQuery !== undefined) {
    if (operator !== 'IN' && operator !== 'NOT IN') throw malformed(`unexpected token: '('`);
    return {
      kind: 'join',
      path: leaf.field ?? '',
      isAnti: operator === 'NOT IN',
      statement: parseJoin(leaf.valueQuery),
    };
  }
  const values = Array.isArray(leaf.value) ? (leaf.value as readonly string[]) : [String(leaf.value)];
  const literals = values.map((value, index) => literalOf(typeAt(leaf.literalType, index), value));
  return { kind: 'compare', operand: operandOf(leaf), operator, literals };
}

function operandOf(leaf: ChainLeaf): Operand {
  return leaf.fn === undefined ? { kind: 'field', path: leaf.field ?? '', alias: null } : functionCall(leaf.fn);
}

function operatorOf(written: string): Operator {
  const operator = written.toUpperCase().replace(/\s+/g, ' ');
  return (operator === '<>' ? '!=' : operator) as Operator;
}

function typeAt(types: string | readonly string[] | undefined, index: number): string {
  return (Array.isArray(types) ? (types as readonly string[])[index] : types) as string;
}

function literalOf(type: string, text: string): Literal {
  switch (type) {
    case 'STRING':
      return { kind: 'string', text: text.slice(1, -1) };
    case 'INTEGER':
    case 'DECIMAL':
      return { kind: 'number', text };
    case 'BOOLEAN':
      return { kind: 'boolean', text: text.toUpperCase() };
    case 'NULL':
      return { kind: 'null', text: 'NULL' };
    case 'DATE':
      return { kind: 'date', text };
    case 'DATETIME':
      return { kind: 'datetime', text };
    case 'DATE_LITERAL':
    case 'DATE_N_LITERAL':
      return { kind: 'range', text: text.toUpperCase() };
    default:
      throw malformed(`unexpected token: '${text}'`);
  }
}

function unexpected(token: Token | undefined): Error {
  const text = token === undefined ? '<EOF>' : token.kind === 'leaf' ? leafText(token.condition) : token.kind;
  return malformed(`unexpected token: '${text}'`);
}

function leafText(condition: Condition): string {
  if (condition.kind === 'join') return condition.path;
  if (condition.kind !== 'compare') return '(';
  return condition.operand.kind === 'field' ? condition.operand.path : condition.operand.written;
}
