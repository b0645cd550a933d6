import { TextOperands } from '../operand.ts';
import { operator } from '../operator.ts';
import { choicesOf } from '../multi-select.ts';
import { textOf } from '../text-of.ts';

/** The multi-select picklist has one of these values (F12). */
export const includesAny = operator({
  argument: TextOperands,
  onBlank: () => false,
  compile: (operands, context) => {
    const wanted = operands.map((operand) => textOf(operand, context));
    return (value) => {
      const choices = choicesOf(value, context);
      return wanted.some((choice) => choices.has(choice));
    };
  },
});
