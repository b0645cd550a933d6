/** A parsed statement, before it is held against the schema. Strings are raw: still escaped, without their quotes. */
export type Statement = {
  /** The object; for a child query the relationship's name. */
  readonly from: string;
  readonly alias: string | null;
  readonly select: readonly SelectItem[];
  readonly where: Condition | null;
  readonly groupBy: readonly Operand[];
  readonly having: Condition | null;
  readonly orderBy: readonly Ordering[];
  readonly limit: number | null;
  readonly offset: number;
};

export type SelectItem =
  | FieldItem
  | FunctionCall
  | { readonly kind: 'children'; readonly statement: Statement }
  | {
      readonly kind: 'typeof';
      readonly relationship: string;
      readonly cases: readonly { readonly object: string; readonly fields: readonly string[] }[];
      readonly otherwise: readonly string[] | null;
    };

export type FieldItem = { readonly kind: 'field'; readonly path: string; readonly alias: string | null };

export type FunctionCall = {
  readonly kind: 'function';
  /** Upper case. */
  readonly name: string;
  /** Null for `COUNT()`. */
  readonly argument: string | null;
  readonly alias: string | null;
  /** As in the error texts: `COUNT(Id)`. */
  readonly written: string;
};

export type Operand = FieldItem | FunctionCall;

export type Ordering = { readonly by: Operand; readonly isDescending: boolean; readonly areNullsLast: boolean };

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'IN' | 'NOT IN' | 'INCLUDES' | 'EXCLUDES';

export type Literal = {
  readonly kind: 'string' | 'number' | 'boolean' | 'null' | 'date' | 'datetime' | 'range';
  readonly text: string;
};

export type Comparison = {
  readonly kind: 'compare';
  readonly operand: Operand;
  readonly operator: Operator;
  readonly literals: readonly Literal[];
};

export type Join = {
  readonly kind: 'join';
  readonly path: string;
  readonly isAnti: boolean;
  readonly statement: Statement;
};

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | Comparison
  | Join;
