import { z } from 'zod';

import type { FieldValue } from '../../domain/record.ts';
import type { WorkKind } from '../../domain/work.ts';

/** The modules that can be planned, with what they work on. */
export const PLANNED_MODULES = {
  qualification: 'lead',
  routing: 'lead',
  contact_roles: 'opportunity',
  opportunity_criteria: 'opportunity',
} as const satisfies Record<string, WorkKind>;

export type PlannedModule = keyof typeof PLANNED_MODULES;

const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const Change = z.object({ module: z.string(), before: Value, after: Value });

/** What is planned for one record: ids, and values of the fields that we write or guard; no texts of tasks. */
export const PlanRow = z.object({
  /** Rows that were decided together are applied together: turns and task slots depend on it. */
  batch: z.int().min(0),
  object: z.enum(['Lead', 'Opportunity']),
  id: z.string(),
  /** By field. */
  changes: z.record(z.string(), Change),
  /** The guarded fields as the decision read them. */
  guard: z.record(z.string(), Value),
  tasks: z.object({
    /** Keys of tasks to make, with the id of their owner. */
    make: z.record(z.string(), z.string()),
    /** Ids of open tasks of ours to close. */
    close: z.array(z.string()),
    /** Ids of open tasks of ours whose text follows. */
    change: z.array(z.string()),
  }),
  /** Keys of contact roles to add. */
  roles: z.array(z.string()),
  /** What is put in place with a turn: who gets the lead in which epoch. */
  reserve: z.record(z.string(), z.record(z.string(), z.unknown()).nullable()),
});
export type PlanRow = Readonly<z.output<typeof PlanRow>>;

/** The part of a row that these modules write; null when there is none. */
export function narrowRow(row: PlanRow, modules: readonly string[]): PlanRow | null {
  const changes = Object.entries(row.changes).filter(([, { module }]) => modules.includes(module));
  const hasTasks = modules.includes(row.object === 'Lead' ? 'routing' : 'contact_roles');
  const { tasks, roles } = row;
  const size = Object.keys(tasks.make).length + tasks.close.length + tasks.change.length + roles.length;
  if (changes.length === 0 && (!hasTasks || size === 0)) return null;
  const others = hasTasks ? {} : { tasks: { make: {}, close: [], change: [] }, roles: [], reserve: {} };
  return { ...row, changes: Object.fromEntries(changes), ...others };
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:[\d.]+(?:Z|[+-]\d{2}:?\d{2})$/;

/** Whether a value is a date with a time, as the org or we write it. */
export function isStamp(value: FieldValue): value is string {
  return typeof value === 'string' && INSTANT.test(value);
}

/** Whether the org shows what was written: it trims texts, stores an empty one as null, and writes stamps its own way. */
export function isShown(written: FieldValue, shown: FieldValue): boolean {
  if (isStamp(written) && isStamp(shown)) return second(written) === second(shown);
  return normalise(written) === normalise(shown);
}

function second(stamp: string): number {
  return Math.floor(Date.parse(stamp.replace(/([+-]\d{2})(\d{2})$/, '$1:$2')) / 1000);
}

function normalise(value: FieldValue): FieldValue {
  if (typeof value !== 'string') return value;
  const trimmed = value.trim();
  return trimmed === '' ? null : trimmed;
}
