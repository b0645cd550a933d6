import { z } from 'zod';

import { readMoment } from './moment.ts';

const OPERAND = 'expected a text, a number, true or false; write { blank: true } to ask for an empty field';
const TEXT = 'expected a text that is not blank';
const BOUND = 'expected a number, a date (2026-11-21) or a date with time and offset (2026-11-21T10:00:00Z)';

/** A value to compare with: not null and not blank, since a blank value is asked for with `blank: true`. */
export const Operand = z.union([z.string().refine(isFilled, OPERAND), z.number(), z.boolean()], OPERAND);
export type Operand = z.output<typeof Operand>;

/** A part of a text to look for; a number is taken as its digits. */
export const TextOperand = z.union([z.string().refine(isFilled, TEXT), z.number()], TEXT).transform(String);

/** One text or a list of texts. */
export const TextOperands = z
  .union([TextOperand, z.array(TextOperand)], { error: 'expected a text or a list of texts' })
  .transform((texts): readonly string[] => (typeof texts === 'string' ? [texts] : texts));

/** A bound that values have an order to: a number, a date, or a date with time and offset. */
export const BoundOperand = z.union([z.number(), z.string().refine((text) => readBound(text) !== null, BOUND)], BOUND);
export type BoundOperand = z.output<typeof BoundOperand>;

/** The number that a value is or spells in decimal digits, else null. */
export function readNumber(value: string | number | boolean): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^\s*[+-]?(?:\d+(?:\.\d+)?|\.\d+)\s*$/.test(value)) return null;
  return Number(value);
}

function readBound(text: string): unknown {
  return readNumber(text) ?? readMoment(text);
}

function isFilled(text: string): boolean {
  return text.trim() !== '';
}
