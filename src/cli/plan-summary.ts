import type { FieldValue } from '../domain/record.ts';
import type { Drawn } from '../workers/plan/draw-plan.ts';
import { isStamp, type PlanRow } from '../workers/plan/plan-row.ts';
import type { Directory } from '../workers/read-org.ts';

type Pair = { readonly before: FieldValue; readonly after: FieldValue; readonly count: number };

/** What a plan would change, grouped and counted; figures are in descending order. */
export type PlanSummary = {
  readonly records: number;
  readonly changed: number;
  /** Times stand as `now` after and `a time` before. `others` counts records of pairs that are not listed. */
  readonly fields: readonly {
    readonly module: string;
    readonly object: string;
    readonly field: string;
    readonly count: number;
    readonly changes: readonly Pair[];
    readonly others: number;
  }[];
  /** Users by username, queues as `queue:Name`. */
  readonly owners: readonly {
    readonly module: string;
    readonly from: string;
    readonly to: string;
    readonly count: number;
  }[];
  /** Of the leads that routing gives away: each owner's leads, and their part of all, from 0 to 1. */
  readonly shares: readonly { readonly owner: string; readonly leads: number; readonly share: number }[];
  readonly fallback: number;
  readonly outcomes: readonly { readonly from: string | null; readonly to: string; readonly count: number }[];
  readonly tasks: { readonly make: number; readonly close: number; readonly change: number };
  readonly roles: number;
};

export type SummaryBook = { add(drawn: Drawn): void; total(): PlanSummary };

/** Different changes of one field that are told apart; a field with more, like a score, is counted as a whole. */
const MOST_PAIRS = 200;

/** Sums a plan up as it is drawn; what it holds does not grow with the number of records. */
export function createPlanSummary({ users, queuesById }: Directory): SummaryBook {
  const fields = new Map<
    string,
    {
      readonly names: readonly [string, string, string];
      count: number;
      others: number;
      readonly pairs: Map<string, number>;
    }
  >();
  const owners = new Map<string, number>();
  const given = new Map<string, number>();
  const outcomes = new Map<string, number>();
  const tasks = { make: 0, close: 0, change: 0 };
  let records = 0;
  let changed = 0;
  let fallback = 0;
  let roles = 0;

  return {
    add({ rows, moves, done }) {
      records = done;
      changed += rows.length;
      for (const row of rows) addRow(row);
      for (const { from, to } of moves) increase(outcomes, JSON.stringify([from, to]));
    },
    total() {
      const routed = [...given.values()].reduce((sum, leads) => sum + leads, 0);
      return {
        records,
        changed,
        fields: [...fields.values()].map(({ names: [module, object, field], count, others, pairs }) => {
          const changes = descending(pairs).map(([key, number]): Pair => {
            const [before, after] = JSON.parse(key) as [FieldValue, FieldValue];
            return { before, after, count: number };
          });
          return { module, object, field, count, changes, others };
        }),
        owners: descending(owners).map(([key, count]) => {
          const [module = '', from = '', to = ''] = JSON.parse(key) as string[];
          return { module, from, to, count };
        }),
        shares: descending(given).map(([owner, leads]) => ({ owner, leads, share: leads / routed })),
        fallback,
        outcomes: descending(outcomes).map(([key, count]) => {
          const [from, to] = JSON.parse(key) as [string | null, string];
          return { from, to, count };
        }),
        tasks: { ...tasks },
        roles,
      };
    },
  };

  function addRow({ object, changes, tasks: own, roles: added, reserve }: PlanRow): void {
    for (const [field, { module, before, after }] of Object.entries(changes)) {
      if (field === 'OwnerId') addOwner(module, String(before), String(after));
      else addField(module, object, field, isStamp(before) ? 'a time' : before, isStamp(after) ? 'now' : after);
    }
    tasks.make += Object.keys(own.make).length;
    tasks.close += own.close.length;
    tasks.change += own.change.length;
    roles += added.length;
    if (Object.values(reserve).some((value) => value?.['route'] === 'fallback')) fallback++;
  }

  function addField(module: string, object: string, field: string, before: FieldValue, after: FieldValue): void {
    const key = `${module} ${object} ${field}`;
    const group = fields.get(key) ?? { names: [module, object, field] as const, count: 0, others: 0, pairs: new Map() };
    fields.set(key, group);
    group.count++;
    const pair = JSON.stringify([before, after]);
    if (group.pairs.has(pair) || group.pairs.size < MOST_PAIRS) increase(group.pairs, pair);
    else group.others++;
  }

  function addOwner(module: string, from: string, to: string): void {
    increase(owners, JSON.stringify([module, nameOf(from), nameOf(to)]));
    if (module === 'routing') increase(given, nameOf(to));
  }

  function nameOf(id: string): string {
    const queue = queuesById.get(id);
    return queue === undefined ? (users.byId.get(id)?.username ?? id) : `queue:${queue.developerName}`;
  }
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function descending(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...counts].toSorted(([, left], [, right]) => right - left);
}

/** Groups of one field that a person wants to read. */
const SHOWN = 10;

/** The summary as lines of text. */
export function printPlanSummary(summary: PlanSummary): readonly string[] {
  const { fields, owners, shares, fallback, outcomes, tasks, roles } = summary;
  const modules = [...new Set([...fields, ...owners].map(({ module }) => module))];
  const lines: string[] = [];
  for (const module of modules) {
    lines.push('', module);
    for (const { object, field, changes, others } of fields.filter((group) => group.module === module)) {
      lines.push(`  ${object}.${field}`);
      lines.push(
        ...changes
          .slice(0, SHOWN)
          .map(({ before, after, count }) => `    ${show(before)} → ${show(after)}: ${number(count)}`),
      );
      const rest = changes.slice(SHOWN).reduce((sum, { count }) => sum + count, others);
      if (rest > 0) lines.push(`    others: ${number(rest)}`);
    }
    const moved = owners.filter((owner) => owner.module === module);
    if (moved.length > 0) lines.push('  owners');
    lines.push(...moved.map(({ from, to, count }) => `    ${from} → ${to}: ${number(count)}`));
  }
  if (outcomes.length > 0) lines.push('', 'outcomes');
  lines.push(...outcomes.map(({ from, to, count }) => `  ${from ?? 'new'} → ${to}: ${number(count)}`));
  if (shares.length > 0) lines.push('', 'share of the leads given away');
  lines.push(...shares.map(({ owner, leads, share }) => `  ${owner}: ${Math.round(share * 100)} % (${number(leads)})`));
  const routed = shares.reduce((sum, { leads }) => sum + leads, 0);
  if (routed > 0) lines.push(`  to the fallback: ${number(fallback)} of ${number(routed)}`);
  const { make, close, change } = tasks;
  if (make + close + change > 0) {
    lines.push('', `tasks: ${number(make)} to make, ${number(close)} to close, ${number(change)} to rewrite`);
  }
  if (roles > 0) lines.push(`contact roles to add: ${number(roles)}`);
  return lines;
}

function show(value: FieldValue): string {
  return value === null ? 'blank' : String(value);
}

function number(count: number): string {
  return count.toLocaleString('en-US');
}
