import type { Memory } from '../ports.ts';

/** What the log last said of a record, as one comparable text. It holds codes and names of rules, no personal data. */
export function tell(result: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(result);
}

/** Whether the log has not said exactly this of the record before (XE25): an echo of our own write is no news. */
export function isNews(told: string, memory: Memory | null): boolean {
  return memory?.['told'] !== told;
}
