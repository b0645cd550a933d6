import { closest } from 'fastest-levenshtein';
import { z } from 'zod';

import { isIn } from './operators/in.ts';
import { is } from './operators/is.ts';
import { operators } from './operators/operators.ts';

/** A value in a test. */
export type TestValue = string | number | boolean;

/** What a field must be: equal to a scalar, one of a list, or pass all operators of a mapping (F8). */
export type FieldTest =
  | TestValue
  | readonly TestValue[]
  | { readonly [operator: string]: TestValue | readonly TestValue[] };

/**
 * A mapping from field to test; all entries must hold, `{}` is true (F7).
 * The keys `any` and `all` hold lists of conditions, `not` holds one. The shape is that of the YAML.
 */
export type Condition = { readonly [fieldOrKey: string]: FieldTest | Condition | readonly Condition[] };

/**
 * A condition as the YAML has it, checked to the last argument. Problems of its own carry `params.code`: `E_REGEX`,
 * `E_DURATION`, `E_UNKNOWN_KEY` for an operator that there is not, `E_FIELD_UNKNOWN` for what cannot be a field's name.
 */
export const Condition = z.record(z.string(), z.unknown()).superRefine((condition, context) => {
  checkCondition(condition, [], context);
}) as unknown as z.ZodType<Condition>;

type Path = readonly (string | number)[];
type Context = z.RefinementCtx;

const DEEPEST = 24;
const modifiers: Readonly<Record<string, z.ZodType>> = {
  if_blank: z.boolean(),
  case: z.literal('sensitive', { error: 'expected sensitive' }),
};
const FIELD_NAME = /^[A-Za-z]\w*(?:\.[A-Za-z]\w*){0,5}$/;

function checkCondition(condition: unknown, path: Path, context: Context): void {
  if (!isMapping(condition)) return report(context, path, 'expected a condition: a mapping from field to test');
  // An alias that contains itself would never end.
  if (path.length > DEEPEST) return report(context, path, 'this condition is nested too deep');
  for (const [key, value] of Object.entries(condition)) {
    const at = [...path, key];
    if (key === 'any' || key === 'all') {
      if (Array.isArray(value)) value.forEach((inner, index) => checkCondition(inner, [...at, index], context));
      else report(context, at, `expected a list of conditions under "${key}"`);
    } else if (key === 'not') checkCondition(value, at, context);
    else if (FIELD_NAME.test(key)) checkTest(value, at, context);
    else report(context, at, `"${key}" is not the name of a field`, 'E_FIELD_UNKNOWN');
  }
}

function checkTest(test: unknown, path: Path, context: Context): void {
  if (!isMapping(test)) {
    const { argument } = Array.isArray(test) ? isIn : is;
    return checkArgument(argument, test, path, context);
  }
  let hasOperator = false;
  for (const [name, argument] of Object.entries(test)) {
    const at = [...path, name];
    if (Object.hasOwn(modifiers, name)) checkArgument(modifiers[name] as z.ZodType, argument, at, context);
    else {
      hasOperator = true;
      const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
      if (operator === undefined) report(context, at, unknownOperator(name), 'E_UNKNOWN_KEY');
      else checkArgument(operator.argument, argument, at, context);
    }
  }
  if (!hasOperator) report(context, path, 'this test names no operator');
}

function checkArgument(argument: z.ZodType, value: unknown, path: Path, context: Context): void {
  const result = argument.safeParse(value);
  for (const issue of result.error?.issues ?? []) {
    const code = issue.code === 'custom' ? issue.params?.['code'] : undefined;
    report(context, [...path, ...issue.path], issue.message, typeof code === 'string' ? code : undefined);
  }
}

function unknownOperator(name: string): string {
  const known = [...Object.keys(operators), ...Object.keys(modifiers)];
  return `unknown operator "${name}", did you mean "${closest(name, known)}"?`;
}

function report(context: Context, path: readonly PropertyKey[], message: string, code?: string): void {
  context.addIssue({ code: 'custom', path: [...path], message, ...(code === undefined ? {} : { params: { code } }) });
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
