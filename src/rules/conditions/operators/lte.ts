import { BoundOperand } from '../operand.ts';
import { operator } from '../operator.ts';
import { placed } from '../order.ts';

/** The number or date is at or below. */
export const lte = operator({
  argument: BoundOperand,
  onBlank: () => false,
  compile: (bound) => placed(bound, (place) => place <= 0),
});
