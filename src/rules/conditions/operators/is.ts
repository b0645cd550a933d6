import { equals } from '../equality.ts';
import { Operand } from '../operand.ts';
import { operator } from '../operator.ts';

/** The value equals. */
export const is = operator({ argument: Operand, onBlank: () => false, compile: equals });
