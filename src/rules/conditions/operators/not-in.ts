import { z } from 'zod';

import { Operand } from '../operand.ts';
import { operator } from '../operator.ts';
import { equalsAny } from './in.ts';

/** The value is blank, or equals none of a list. */
export const notIn = operator({
  argument: z.array(Operand),
  onBlank: () => true,
  compile: (operands, context) => {
    const isOneOf = equalsAny(operands, context);
    return (value, now) => !isOneOf(value, now);
  },
});
