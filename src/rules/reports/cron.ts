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
export const Cron = z.string().refine((text) => readCron(text) !== null, {
  error: ({ input }) => `"${String(input)}" is not a cron line of five fields: minute hour day month weekday`,
});
export type Cron = z.output<typeof Cron>;

/** The numbers that each field of a cron line allows; a weekday is 0 for Sunday to 6. */
export type CronTimes = {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Cron's old rule: where neither day nor weekday is `*`, either of them is enough. */
  readonly isEitherDay: boolean;
};

/** Null when the text is no cron line. */
export function readCron(text: string): CronTimes | null {
  const fields = text.trim().toLowerCase().split(/\s+/);
  if (fields.length !== FIELDS.length) return null;
  const [minutes, hours, days, months, weekdays] = FIELDS.map((field, index) => readField(fields[index]!, field));
  if (!minutes || !hours || !days || !months || !weekdays) return null;
  const isEitherDay = !fields[2]!.startsWith('*') && !fields[4]!.startsWith('*');
  return { minutes, hours, days, months, weekdays: new Set([...weekdays].map((day) => day % 7)), isEitherDay };
}

function readField(text: string, { first, last, names }: (typeof FIELDS)[number]): ReadonlySet<number> | null {
  const read = (token: string): number => {
    const named = (names as readonly string[]).indexOf(token);
    if (named !== -1) return named + first;
    return /^\d{1,2}$/.test(token) ? Number(token) : Number.NaN;
  };
  const allowed = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step = '1', ...rest] = part.split('/');
    if (rest.length > 0 || !/^[1-9]\d?$/.test(step)) return null;
    const [from = '', to = from, ...more] = range.split('-');
    const [least, most] = range === '*' ? [first, last] : [read(from), read(to)];
    if (more.length > 0 || !(least >= first && most <= last && least <= most)) return null;
    for (let number = least; number <= most; number += Number(step)) allowed.add(number);
  }
  return allowed;
}
