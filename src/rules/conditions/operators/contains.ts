import { TextOperand } from '../operand.ts';
import { operator } from '../operator.ts';
import { textOf } from '../text-of.ts';

/** The text of the value has this part. */
export const contains = operator({
  argument: TextOperand,
  onBlank: () => false,
  compile: (operand, context) => {
    const part = textOf(operand, context);
    return (value) => textOf(value, context).includes(part);
  },
});
