import { isRecordId, to18 } from '../../domain/record-id.ts';
import { compareMoments, readMoment } from './moment.ts';
import { readNumber } from './operand.ts';
import type { Operand } from './operand.ts';
import type { OperatorContext, ValueTest } from './operator.ts';
import { textOf } from './text-of.ts';

/**
 * Equality of F9: texts folded; a number equals a text that spells it; dates and date/times by what they mean, not by
 * how they are written, and by the day where one of them is a date; an id of 15 characters is that of 18 (F30).
 */
export function equals(operand: Operand, context: OperatorContext): ValueTest {
  const text = textOf(operand, context);
  const number = readNumber(operand);
  const moment = readMoment(text.toUpperCase());
  const id = typeof operand === 'string' && isRecordId(operand) ? to18(operand) : null;
  return (value) => {
    if (typeof value === 'number' || typeof operand === 'number')
      return number !== null && readNumber(value) === number;
    const candidate = textOf(value, context);
    if (candidate === text || value === id) return true;
    if (moment === null) return false;
    const other = readMoment(candidate.toUpperCase());
    return other !== null && compareMoments(other, moment) === 0;
  };
}
