import { z } from 'zod';

import { BoundOperand } from '../operand.ts';
import { operator } from '../operator.ts';
import { placed } from '../order.ts';

/** The number or date lies between two bounds, both included. */
export const between = operator({
  argument: z
    .tuple([BoundOperand, BoundOperand], { error: 'expected two bounds: [lowest, highest]' })
    .refine(([lowest, highest]) => placed(lowest, (place) => place >= 0)(highest, 0), {
      error: 'expected two bounds of one kind, the lowest first',
    }),
  onBlank: () => false,
  compile: ([lowest, highest]) => {
    const isHighEnough = placed(lowest, (place) => place >= 0);
    const isLowEnough = placed(highest, (place) => place <= 0);
    return (value, now) => isHighEnough(value, now) && isLowEnough(value, now);
  },
});
