import type { OperatorContext, Present } from './operator.ts';
import { textOf } from './text-of.ts';

/** The values that are chosen in a multi-select picklist, in the form that this test compares (F12). */
export function choicesOf(value: Present, context: Pick<OperatorContext, 'isCaseSensitive'>): ReadonlySet<string> {
  const choices = String(value)
    .split(';')
    .map((choice) => textOf(choice, context));
  return new Set(choices.filter((choice) => choice !== ''));
}
