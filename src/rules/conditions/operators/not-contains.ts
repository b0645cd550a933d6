import { TextOperand } from '../operand.ts';
import { operator } from '../operator.ts';
import { textOf } from '../text-of.ts';

/** The value is blank, or its text has not this part. */
export const notContains = operator({
  argument: TextOperand,
  onBlank: () => true,
  compile: (operand, context) => {
    const part = textOf(operand, context);
    return (value) => !textOf(value, context).includes(part);
  },
});
