import { z } from 'zod';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** The five fields in their order, with their first and last number and the names that stand for numbers. */
const FIELDS = [
  { first: 0, last: 59, names: [] },
  { first: 0, last: 23, names: [] },
  { first: 1, last: 31, names: [] },
  { first: 1, last: 12, names: MONTHS },
  { first: 0, last: 7, names: DAYS },
] as const;

/** A cron line of five fields, minute first, read in `org.timezone`: `0 7 * * mon`. */
export const Cron = z.string().refine(isCron, {
  error: ({ input }) => `"${String(input)}" is not a cron line of five fields: minute hour day month weekday`,
});
export type Cron = z.output<typeof Cron>;

function isCron(text: string): boolean {
  const fields = text.trim().toLowerCase().split(/\s+/);
  return fields.length === FIELDS.length && FIELDS.every((field, index) => isField(fields[index] ?? '', field));
}

function isField(text: string, { first, last, names }: (typeof FIELDS)[number]): boolean {
  const read = (token: string): number => {
    const named = (names as readonly string[]).indexOf(token);
    if (named !== -1) return named + first;
    return /^\d{1,2}$/.test(token) ? Number(token) : Number.NaN;
  };
  return text.split(',').every((part) => {
    const [range = '', step = '1', ...rest] = part.split('/');
    if (rest.length > 0 || !/^[1-9]\d?$/.test(step)) return false;
    if (range === '*') return true;
    const [from = '', to = from, ...more] = range.split('-');
    return more.length === 0 && read(from) >= first && read(to) <= last && read(from) <= read(to);
  });
}
