import { BoundOperand } from '../operand.ts';
import { operator } from '../operator.ts';
import { placed } from '../order.ts';

/** The number or date is above. */
export const gt = operator({
  argument: BoundOperand,
  onBlank: () => false,
  compile: (bound) => placed(bound, (place) => place > 0),
});
