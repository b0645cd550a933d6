import { choicesOf } from '../multi-select.ts';
import { TextOperands } from '../operand.ts';
import { operator } from '../operator.ts';
import { textOf } from '../text-of.ts';

/** The multi-select picklist has all of these values (F12). */
export const includesAll = operator({
  argument: TextOperands,
  onBlank: () => false,
  compile: (operands, context) => {
    const wanted = operands.map((operand) => textOf(operand, context));
    return (value) => {
      const choices = choicesOf(value, context);
      return wanted.every((choice) => choices.has(choice));
    };
  },
});
