import type { OpenWindow } from './opening-hours.ts';
import { readDays, readWindow } from './opening-hours.ts';
import type { CalendarSource } from './schema.ts';

/** Opening hours of one place, ready to count with. */
export type Calendar = {
  /** IANA zone. */
  readonly timezone: string;
  /** Windows by ISO weekday, Monday 1 to Sunday 7, each day's in order and without overlap. */
  readonly windows: readonly (readonly OpenWindow[])[];
  /** Local dates, `2026-12-25`, on which no window opens. */
  readonly holidays: ReadonlySet<string>;
};

/** A calendar of the configuration as a value to count with. Expects a source that its schema has accepted. */
export function compileCalendar(source: CalendarSource): Calendar {
  const windows: OpenWindow[][] = Array.from({ length: 8 }, () => []);
  for (const [days, texts] of Object.entries(source.open)) {
    const read = texts.map(readWindow).filter((window) => window !== null);
    for (const day of readDays(days) ?? []) windows[day]?.push(...read);
  }
  for (const day of windows) day.sort((left, right) => left.open - right.open);
  return { timezone: source.timezone, windows, holidays: new Set(source.holidays) };
}
