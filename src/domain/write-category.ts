/** What planned writes are counted as (F36). */
export const WRITE_CATEGORIES = ['owner_changes', 'status_changes', 'flag_changes', 'tasks_created'] as const;

export type WriteCategory = (typeof WRITE_CATEGORIES)[number];

/** The counters of a module, one per category. */
export function countersOf(module: string): readonly string[] {
  return WRITE_CATEGORIES.map((category) => `${module}:${category}`);
}
