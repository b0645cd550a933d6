import { fold, tidy } from '../text/fold.ts';
import type { OperatorContext, Present } from './operator.ts';

/** The value as a text in the form that this test compares (F9). */
export function textOf(value: Present, { isCaseSensitive }: Pick<OperatorContext, 'isCaseSensitive'>): string {
  return isCaseSensitive ? tidy(String(value)) : fold(String(value));
}
