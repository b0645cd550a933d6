import { compareMoments, readMoment } from './moment.ts';
import { readNumber } from './operand.ts';
import type { BoundOperand } from './operand.ts';
import type { ValueTest } from './operator.ts';

/**
 * Compares values with a bound, and passes those whose place (negative: before, 0: equal, positive: after) is accepted.
 * Numbers with numbers and texts that spell one, dates with dates; a value of another kind has no place and fails.
 */
export function placed(bound: BoundOperand, isAccepted: (place: number) => boolean): ValueTest {
  const number = readNumber(bound);
  if (number !== null) {
    return (value) => {
      const candidate = readNumber(value);
      return candidate !== null && isAccepted(candidate - number);
    };
  }
  const moment = readMoment(String(bound));
  return (value) => {
    const candidate = typeof value === 'string' ? readMoment(value.trim()) : null;
    return candidate !== null && moment !== null && isAccepted(compareMoments(candidate, moment));
  };
}
