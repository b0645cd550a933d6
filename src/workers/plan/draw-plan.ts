import type { Decision } from '../../domain/decision.ts';
import type { Instant } from '../../domain/instant.ts';
import type { FieldValue } from '../../domain/record.ts';
import { OBJECT_OF, type WorkKind } from '../../domain/work.ts';
import { selectWhere, soqlInstant } from '../../poll/soql.ts';
import { isEpisodeKey } from '../../rules/contact-roles/read-episode.ts';
import { REQUALIFY_ALL } from '../leads/changed-rules.ts';
import { routeLeads } from '../leads/route-leads.ts';
import { evaluateOpportunities } from '../opportunities/evaluate-opportunities.ts';
import type { Memory } from '../../ports.ts';
import type { WorkWorld } from '../work-world.ts';
import type { Creation, Fate, Review, Sifted, Update } from '../write-back.ts';
import { PLANNED_MODULES, type PlannedModule, type PlanRow } from './plan-row.ts';
import { shadowState, type ShadowState } from './shadow-state.ts';

/** Which records and modules a plan is about; `since` null is the whole scope. */
export type PlanScope = { readonly modules: readonly PlannedModule[]; readonly since: Instant | null };

/** One batch of a plan, drawn. */
export type Drawn = {
  readonly rows: readonly PlanRow[];
  /** The outcomes of leads that would be others than before; null before the first. */
  readonly moves: readonly { readonly from: string | null; readonly to: string }[];
  /** Records looked at so far, of how many. */
  readonly done: number;
  readonly total: number;
};

/** Records of one batch, as for the daemon. */
const BATCH = 1_000;

/** The workers of each kind, as the daemon runs them. */
export const WORKERS: Readonly<
  Record<WorkKind, (ids: readonly string[], world: WorkWorld, signal: AbortSignal) => Promise<void>>
> = { lead: routeLeads, opportunity: evaluateOpportunities };

/**
 * Decides all records in scope as the daemon would, by the daemon's own code, with turns that only the plan sees; yields
 * batch by batch what would be written, the oldest records first. Writes nothing, neither to the org nor to Redis.
 * Leads that a change of the rules alone leaves as they are for the daemon are decided too (QE13).
 */
export async function* drawPlan(scope: PlanScope, world: WorkWorld, signal: AbortSignal): AsyncGenerator<Drawn> {
  const kinds = (['lead', 'opportunity'] as const).filter((kind) =>
    scope.modules.some((module) => PLANNED_MODULES[module] === kind),
  );
  const ids = new Map<WorkKind, readonly string[]>();
  for (const kind of kinds) ids.set(kind, await findIds(kind, scope.since, world, signal));
  const total = [...ids.values()].reduce((sum, own) => sum + own.length, 0);
  const shadow = shadowState(world.state, REQUALIFY_ALL);
  const plannedTasks = new Map<string, number>();
  let batch = 0;
  let done = 0;
  for (const [kind, own] of ids) {
    for (let from = 0; from < own.length; from += BATCH) {
      const part = own.slice(from, from + BATCH);
      const { rows, moves } = await drawBatch(kind, part, { scope, world, shadow, plannedTasks, signal });
      done += part.length;
      yield { rows: rows.map((row) => ({ ...row, batch })), moves, done, total };
      batch++;
    }
  }
}

async function findIds(
  kind: WorkKind,
  since: Instant | null,
  { salesforce }: WorkWorld,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const changed = since === null ? null : `SystemModstamp >= ${soqlInstant(since)}`;
  // A closed deal is only looked at when it has changed: its flags are frozen.
  const open = kind === 'lead' ? 'IsConverted = false' : changed === null ? 'IsClosed = false' : null;
  const where = [open, changed].filter((part) => part !== null).join(' AND ');
  const soql = `${selectWhere(OBJECT_OF[kind], [], where)} ORDER BY CreatedDate, Id`;
  const ids: string[] = [];
  for await (const { rows } of salesforce.query({ soql }, signal)) ids.push(...rows.map((row) => String(row['Id'])));
  return ids;
}

type Drawing = {
  readonly scope: PlanScope;
  readonly world: WorkWorld;
  readonly shadow: ShadowState;
  readonly plannedTasks: Map<string, number>;
  readonly signal: AbortSignal;
};

async function drawBatch(
  kind: WorkKind,
  ids: readonly string[],
  { scope, world, shadow, plannedTasks, signal }: Drawing,
): Promise<Pick<Drawn, 'rows' | 'moves'>> {
  const sketch = sketchRows(OBJECT_OF[kind], scope.modules, plannedTasks);
  const decisions: Decision[] = [];
  const stored = await world.state.memories(kind, ids);
  const before = new Map(ids.map((id, index) => [id, stored[index] ?? null]));
  const rehearsal: WorkWorld = {
    ...world,
    state: shadow,
    queues: { ...world.queues, add: async () => undefined },
    observer: { emit: () => undefined },
    alerts: { post: async () => undefined, tell: async () => undefined },
    plannedTasks,
    record: (made) => void decisions.push(...made),
    isWithheld: () => true,
    review: sketch.review,
  };
  await WORKERS[kind](ids, rehearsal, signal);
  const reserved = Map.groupBy(shadow.takeAssignments(), ([key]) => /(\w+):\w+$/.exec(key)?.[1] ?? '');
  const rows = sketch.rows().map((row) => {
    const isRouted = Object.values(row.changes).some(({ module }) => module === 'routing');
    return isRouted ? { ...row, reserve: Object.fromEntries(reserved.get(row.id) ?? []) } : row;
  });
  return { rows, moves: scope.modules.includes('qualification') ? movesOf(decisions, before) : [] };
}

function movesOf(decisions: readonly Decision[], before: ReadonlyMap<string, Memory | null>): Drawn['moves'] {
  return decisions.flatMap(({ module, recordId, result }) => {
    if (module !== 'qualification') return [];
    const earlier = before.get(recordId)?.['outcome'] as { readonly outcome?: string } | null | undefined;
    const from = earlier?.outcome ?? null;
    const to = String(result['result']);
    return from === to || to === 'out_of_scope' ? [] : [{ from, to }];
  });
}

/** Collects what a batch would write, of the modules that are planned. */
function sketchRows(object: 'Lead' | 'Opportunity', modules: readonly string[], plannedTasks: Map<string, number>) {
  const rows = new Map<string, PlanRow>();
  const rowOf = (id: string): PlanRow => {
    const tasks = { make: {}, close: [], change: [] };
    return rows.get(id) ?? { batch: 0, object, id, changes: {}, guard: {}, tasks, roles: [], reserve: {} };
  };
  const review: Review = {
    updates(of, updates) {
      for (const update of updates) {
        if (!modules.includes(update.module)) continue;
        const row = rowOf(update.about);
        rows.set(row.id, of === 'Task' ? withTask(row, update) : withFields(row, update));
      }
      return withheld(updates, ({ id }) => id);
    },
    creations(of, creations) {
      for (const { module, about, key, fields } of creations) {
        const owner = String(fields['OwnerId']);
        if (of === 'Task' && isEpisodeKey(key)) plannedTasks.set(owner, (plannedTasks.get(owner) ?? 0) + 1);
        if (!modules.includes(module)) continue;
        const row = rowOf(about);
        const make = { ...row.tasks.make, [key]: owner };
        rows.set(
          about,
          of === 'Task' ? { ...row, tasks: { ...row.tasks, make } } : { ...row, roles: [...row.roles, key] },
        );
      }
      return withheld(creations, ({ key }: Creation) => key);
    },
    settled: () => undefined,
  };
  return { review, rows: () => [...rows.values()] };
}

function withFields(row: PlanRow, { module, fields, before, seen }: Update): PlanRow {
  const changes = Object.entries(fields).map(([field, after]) => {
    return [field, { module, before: before[field] ?? (null as FieldValue), after }] as const;
  });
  return { ...row, changes: { ...row.changes, ...Object.fromEntries(changes) }, guard: { ...row.guard, ...seen } };
}

function withTask(row: PlanRow, { id, fields }: Update): PlanRow {
  const { tasks } = row;
  const isClosing = 'Status' in fields;
  return {
    ...row,
    tasks: isClosing ? { ...tasks, close: [...tasks.close, id] } : { ...tasks, change: [...tasks.change, id] },
  };
}

function withheld<Write>(writes: readonly Write[], nameOf: (write: Write) => string): Sifted<Write> {
  return { sent: [], fates: new Map(writes.map((write): [string, Fate] => [nameOf(write), { kind: 'withheld' }])) };
}
