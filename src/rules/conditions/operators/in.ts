import { z } from 'zod';

import { equals } from '../equality.ts';
import { Operand } from '../operand.ts';
import type { Operand as OperandValue } from '../operand.ts';
import { operator } from '../operator.ts';
import type { OperatorContext, ValueTest } from '../operator.ts';

/** The value equals one of a list. Nothing is in the empty list. */
export const isIn = operator({ argument: z.array(Operand), onBlank: () => false, compile: equalsAny });

/** Passes what equals one of the operands. */
export function equalsAny(operands: readonly OperandValue[], context: OperatorContext): ValueTest {
  const tests = operands.map((operand) => equals(operand, context));
  return (value, now) => tests.some((test) => test(value, now));
}
