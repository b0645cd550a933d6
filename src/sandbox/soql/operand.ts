import type { FieldSchema, FieldType, ObjectSchema, SandboxValue, StoredRecord } from '../types.ts';
import { DATE_FUNCTIONS, type DateFunction } from './date-functions.ts';
import { type FieldPath, type QueryContext, resolvePath } from './field-path.ts';
import { type Clause, errorAt, malformed } from './query-errors.ts';
import type { FunctionCall, Operand } from './statement.ts';

export type ValueKind = 'text' | 'multipicklist' | 'boolean' | 'number' | 'date' | 'datetime' | 'id' | 'address';

/** One side of a comparison, one key of a sort or a group: how to get its value, and what it may be compared with. */
export type CompiledOperand<T> = {
  readonly kind: ValueKind;
  /** As the error texts name it. */
  readonly name: string;
  /** As written, to point the caret at. */
  readonly token: string;
  readonly isCaseSensitive: boolean;
  readonly field: FieldSchema;
  readonly read: (row: T) => SandboxValue;
};

export type RecordOperand = CompiledOperand<StoredRecord> & {
  readonly path: FieldPath;
  /** Equal for operands that mean the same, however they are written. */
  readonly identity: string;
};

/** A field or a date function of a record. */
export function recordOperand(
  context: QueryContext,
  object: ObjectSchema,
  alias: string | null,
  operand: Operand,
  clause: Clause,
): RecordOperand {
  if (operand.kind === 'function') return functionOperand(context, object, alias, operand, clause);
  const path = resolvePath(context, object, alias, operand.path, clause);
  return {
    kind: kindOf(path.field.type),
    name: path.field.name,
    token: operand.path,
    isCaseSensitive: path.field.caseSensitive,
    field: path.field,
    read: path.read,
    path,
    identity: identityOf(path),
  };
}

export function kindOf(type: FieldType): ValueKind {
  switch (type) {
    case 'id':
    case 'reference':
      return 'id';
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      return 'number';
    case 'boolean':
    case 'date':
    case 'datetime':
    case 'address':
    case 'multipicklist':
      return type;
    default:
      return 'text';
  }
}

function functionOperand(
  context: QueryContext,
  object: ObjectSchema,
  alias: string | null,
  call: FunctionCall,
  clause: Clause,
): RecordOperand {
  const dateFunction: DateFunction | undefined = DATE_FUNCTIONS[call.name];
  if (dateFunction === undefined || call.argument === null) {
    throw malformed(`unexpected token: '${call.written}'`);
  }
  const path = resolvePath(context, object, alias, call.argument, clause);
  const { type } = path.field;
  if (type !== 'date' && type !== 'datetime') {
    throw errorAt(
      context.text,
      clause,
      call.argument,
      'MALFORMED_QUERY',
      `field '${path.field.name}' does not support function ${call.name}`,
    );
  }
  return {
    kind: dateFunction.kind,
    name: call.written,
    token: call.name,
    isCaseSensitive: false,
    field: path.field,
    read: (record) => {
      const value = path.read(record);
      return typeof value === 'string' ? dateFunction.read(value) : null;
    },
    path,
    identity: `${call.name}(${identityOf(path)})`,
  };
}

function identityOf(path: FieldPath): string {
  return [...path.hops.map((hop) => hop.relationshipName), path.field.name].join('.');
}
