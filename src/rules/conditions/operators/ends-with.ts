import { TextOperand } from '../operand.ts';
import { operator } from '../operator.ts';
import { textOf } from '../text-of.ts';

/** The text of the value ends so. */
export const endsWith = operator({
  argument: TextOperand,
  onBlank: () => false,
  compile: (operand, context) => {
    const part = textOf(operand, context);
    return (value) => textOf(value, context).endsWith(part);
  },
});
