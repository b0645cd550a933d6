import type { z } from 'zod';

import type { Instant } from '../../domain/instant.ts';
import type { FieldValue } from '../../domain/record.ts';
import type { Calendar } from '../calendars/calendar.ts';

/** A value of a field that is not blank. */
export type Present = Exclude<FieldValue, null>;

/** The members of named lists, each folded with `fold`. */
export type Lists = ReadonlyMap<string, ReadonlySet<string>>;

/** What an operator may need to compile its argument. */
export type OperatorContext = {
  readonly lists: Lists;
  /** `case: sensitive` stands beside the operator. */
  readonly isCaseSensitive: boolean;
  /** On which business days are counted. */
  readonly calendar: Calendar;
};

/** Whether a value passes. Blank values never get here. */
export type ValueTest = (value: Present, now: Instant) => boolean;

/** One operator of F8, its argument not yet looked at. Its name in the YAML is its key in `operators`. */
export type Operator = {
  /** Checks and reads what the YAML gives the operator. */
  readonly argument: z.ZodType;
  /** What a blank value gives (F10). Takes what `argument` returned, as `compile` does. */
  readonly onBlank: (argument: unknown) => boolean;
  readonly compile: (argument: unknown, context: OperatorContext) => ValueTest;
};

/** Defines an operator with the type of its argument, and hands it out among the others. */
export function operator<Argument>(definition: {
  readonly argument: z.ZodType<Argument>;
  readonly onBlank: (argument: Argument) => boolean;
  readonly compile: (argument: Argument, context: OperatorContext) => ValueTest;
}): Operator {
  return definition as Operator;
}
