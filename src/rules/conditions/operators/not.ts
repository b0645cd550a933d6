import { z } from 'zod';

import { Operand } from '../operand.ts';
import { operator } from '../operator.ts';
import { equalsAny } from './in.ts';

const Operands = z
  .union([Operand, z.array(Operand)], { error: 'expected a value or a list of values' })
  .transform((operands) => (Array.isArray(operands) ? operands : [operands]));

/** The value is blank, or equals neither the scalar nor any of the list. */
export const not = operator({
  argument: Operands,
  onBlank: () => true,
  compile: (operands, context) => {
    const isOneOf = equalsAny(operands, context);
    return (value, now) => !isOneOf(value, now);
  },
});
