const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** A window of local wall time, in minutes since midnight, half-open `[open, close)`. */
export type OpenWindow = { readonly open: number; readonly close: number };

/**
 * The days of the week that a text names, Monday 1 to Sunday 7, as ISO counts them; each once, in the order named.
 * Reads `mon`, `mon-fri`, `sat-mon` and lists of those with commas. Null when a part is none of these.
 */
export function readDays(text: string): readonly number[] | null {
  const days = new Set<number>();
  for (const part of text.toLowerCase().split(',')) {
    const [first = '', last = first, ...rest] = part.split('-').map((day) => day.trim());
    const from = DAYS.indexOf(first);
    const to = DAYS.indexOf(last);
    if (from === -1 || to === -1 || rest.length > 0) return null;
    const length = ((to - from + 7) % 7) + 1;
    for (let step = 0; step < length; step++) days.add(((from + step) % 7) + 1);
  }
  return [...days];
}

/** Reads `09:00-17:30`. Null when it is not a window that ends after it starts, at 24:00 at the latest. */
export function readWindow(text: string): OpenWindow | null {
  const parts = /^(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$/.exec(text.trim());
  if (parts === null) return null;
  const [openHour = 0, openMinute = 0, closeHour = 0, closeMinute = 0] = parts.slice(1).map(Number);
  const window = { open: openHour * 60 + openMinute, close: closeHour * 60 + closeMinute };
  const isWindow = openMinute < 60 && closeMinute < 60 && window.open < window.close && window.close <= 24 * 60;
  return isWindow ? window : null;
}
