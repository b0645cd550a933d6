import { inGroups } from '../../domain/in-groups.ts';
import type { FieldValue, Fields, Row } from '../../domain/record.ts';
import { quoteList, selectByIds, selectWhere } from '../../poll/soql.ts';
import { askTogether } from '../ask-together.ts';
import { confirmedWrites, type Written } from '../confirmed-writes.ts';
import type { WorkWorld } from '../work-world.ts';
import { submitUpdates, type Fate, type Update } from '../write-back.ts';
import { markUndone } from './mark-undone.ts';
import { planUndo, type FieldUndo, type Shown, type UndoneDecision } from './plan-undo.ts';

/**
 * What became of one thing that a decision wrote. `closed`: an open task of ours. `kept`: a record that we made stays,
 * since nothing is ever deleted.
 */
export type UndoResult = {
  readonly decision: string;
  readonly module: string;
  readonly object: string;
  /** Of the record, or the key of a task that is not there. */
  readonly id: string;
  readonly field: string | null;
  readonly outcome:
    | 'restored'
    | 'before'
    | 'changed_since'
    | 'redacted'
    | 'closed'
    | 'kept'
    | 'refused'
    | 'unknown'
    | 'held';
  /** The org's code, for what it refused. */
  readonly why: string;
};

/** A task that is closed, and the record that it is about. */
type Step = { readonly result: UndoResult; readonly about: string };

/** Records of one write. */
const MOST_RECORDS = 1_000;

/** Who undoes, and what tells a value that the log does not hold. */
export type Undoing = { readonly by: string; readonly isRedacted: (value: FieldValue) => boolean };

/**
 * Takes back what some decisions wrote, as far as the records still hold it (F37): fields get what was there before, open
 * tasks are closed with a reason. Guarded and counted like every write, on a count of its own, so that it works while a
 * module is paused. What is undone is kept in the decision log as well.
 * @param decisions  the latest first
 */
export async function undoDecisions(
  decisions: readonly UndoneDecision[],
  { by, isRedacted }: Undoing,
  world: WorkWorld,
  signal: AbortSignal,
): Promise<readonly UndoResult[]> {
  const { source } = world.frame().rulebook;
  const kept = new Set([source.write.turn_key, source.write.episode].filter((field) => field !== null));
  const shown = await loadShown(decisions, world, signal);
  const undos = planUndo(decisions, shown, kept, isRedacted);
  await markUndone(undos, world);
  const tasks = await planTasks(decisions, by, world, signal);
  const restored = await submit(restoringUpdates(undos, shown), world, signal);
  const held = heldRecords(restored.fates);
  const closed = await submit(
    tasks.updates.flatMap((update) => (held.has(update.about) ? [] : [['Task', update] as const])),
    world,
    signal,
  );
  const steps = tasks.steps.map(({ about, result }) => {
    const fate = held.get(about) ?? closed.fates.get(`Task:${result.id}`);
    return { about, result: settle(result, fate, 'closed') };
  });
  keep(decisions, { restored: restored.written, steps }, by, world);
  return [
    ...undos.map((undo) => fieldResult(undo, restored.fates)),
    ...steps.map(({ result }) => result),
    ...tasks.others,
  ];
}

async function loadShown(
  decisions: readonly UndoneDecision[],
  { salesforce }: WorkWorld,
  signal: AbortSignal,
): Promise<Shown> {
  const writes = decisions.flatMap((decision) => decision.writes.filter((write) => 'fields' in write));
  const queries = [...Map.groupBy(writes, ({ object }) => object)].flatMap(([object, own]) => {
    const fields = [...new Set(own.flatMap((write) => Object.keys(write.fields)))];
    const ids = [...new Set(own.map((write) => write.record_id))];
    return inGroups(ids, MOST_RECORDS).map((part) => ({ object, soql: selectByIds(object, fields, part) }));
  });
  const answers = await askTogether(queries, salesforce, signal);
  return new Map(
    answers.flatMap((rows, index) =>
      rows.map((row) => [`${queries[index]!.object}:${String(row['Id'])}`, row] as const),
    ),
  );
}

/** One update per record, guarded by what it rests on: that the fields still hold what we wrote. */
function restoringUpdates(undos: readonly FieldUndo[], shown: Shown): readonly (readonly [string, Update])[] {
  const restoring = undos.filter(({ kind }) => kind === 'restore');
  return [...Map.groupBy(restoring, ({ object, recordId }) => `${object}:${recordId}`)].map(([name, own]) => {
    const { object, recordId } = own[0]!;
    const fields: Fields = Object.fromEntries(own.map(({ field, before }) => [field, before]));
    const now: Fields = Object.fromEntries(
      Object.keys(fields).map((field) => [field, shown.get(name)?.[field] ?? null]),
    );
    return [object, anUpdate(recordId, recordId, fields, now, now)];
  });
}

function anUpdate(about: string, id: string, fields: Fields, before: Fields, seen: Fields): Update {
  return { module: MODULE, about, id, fields, before, seen, parent: null, tries: 0 };
}

/** Its own count in the blast radius. */
const MODULE = 'undo';

async function planTasks(decisions: readonly UndoneDecision[], by: string, world: WorkWorld, signal: AbortSignal) {
  const made = decisions.flatMap(({ id, module, record_id: about, writes }) =>
    writes.flatMap((write) =>
      'key' in write ? [{ decision: id, module, about, object: write.object, key: write.key }] : [],
    ),
  );
  const keyField = world.frame().rulebook.source.write.task_key;
  const keys = made.filter(({ object }) => object === 'Task').map(({ key }) => key);
  const rows = keyField === null ? new Map<string, Row>() : await loadTasks(keys, keyField, world, signal);
  const steps: Step[] = [];
  const updates: Update[] = [];
  const others: UndoResult[] = [];
  for (const { decision, module, about, object, key } of made) {
    const row = rows.get(key);
    const result = (id: string, outcome: UndoResult['outcome']): UndoResult => {
      return { decision, module, object, id, field: null, outcome, why: '' };
    };
    if (object !== 'Task') others.push(result(key, 'kept'));
    else if (row === undefined || row['IsClosed'] === true)
      others.push(result(row === undefined ? key : String(row['Id']), 'before'));
    else {
      const id = String(row['Id']);
      const text = typeof row['Description'] === 'string' ? `${row['Description']}\n\n` : '';
      // Not the words of a task that the daemon closed: those would begin a new episode.
      const fields = {
        Status: 'Completed',
        Description: `${text}Undone with rolecall undo by ${by} (decision ${decision})`,
      };
      updates.push(anUpdate(about, id, fields, {}, { IsClosed: false }));
      steps.push({ about, result: result(id, 'closed') });
    }
  }
  return { steps, updates, others };
}

async function loadTasks(
  keys: readonly string[],
  keyField: string,
  { salesforce }: WorkWorld,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Row>> {
  const queries = inGroups(keys, MOST_RECORDS).map((part) => {
    const fields = ['IsClosed', 'Description', keyField];
    return { soql: selectWhere('Task', fields, `${keyField} IN (${quoteList(part)})`) };
  });
  const rows = (await askTogether(queries, salesforce, signal)).flat();
  return new Map(rows.map((row) => [String(row[keyField]), row]));
}

/** Sends updates whatever is paused, and pauses nothing: past its limit the rest is left. */
async function submit(
  updates: readonly (readonly [string, Update])[],
  world: WorkWorld,
  signal: AbortSignal,
): Promise<{ readonly fates: ReadonlyMap<string, Fate>; readonly written: readonly Written[] }> {
  const free: WorkWorld = {
    ...world,
    isWithheld: () => false,
    state: { ...world.state, pausedModules: async () => new Map(), pauseModule: async () => false },
  };
  const fates = new Map<string, Fate>();
  const written: Written[] = [];
  for (const [object, own] of Map.groupBy(updates, ([of]) => of)) {
    const changes = own.map(([, update]) => update);
    for (const part of inGroups(changes, MOST_RECORDS)) {
      const answered = await submitUpdates(object, part, free, signal);
      for (const [id, fate] of answered) fates.set(`${object}:${id}`, fate);
      written.push({ object, updates: part, fates: answered });
    }
  }
  return { fates, written };
}

/** The records whose fields wait for the window to be over: their tasks wait with them. By id. */
function heldRecords(fates: ReadonlyMap<string, Fate>): ReadonlyMap<string, Fate> {
  const held = [...fates].filter(([, { kind }]) => kind === 'held');
  return new Map(held.map(([name, fate]) => [name.slice(name.indexOf(':') + 1), fate]));
}

/** What was done: the writes to records, and what became of tasks; their texts are not kept, they may hold anything. */
type Done = { readonly restored: readonly Written[]; readonly steps: readonly Step[] };

/** An undo is a decision too, a person's: the log says who took back what. */
function keep(decisions: readonly UndoneDecision[], { restored, steps }: Done, by: string, world: WorkWorld): void {
  const writesOf = confirmedWrites(restored, () => false);
  const at = world.now();
  const records = Map.groupBy(decisions, ({ object, record_id: id }) => `${object}:${id}`);
  const made = [...records.values()].flatMap((own) => {
    const { object, record_id: recordId } = own[0]!;
    const writes = writesOf(MODULE, recordId);
    const undone = own.map(({ id }) => id);
    const closed = steps.filter(({ about, result }) => about === recordId && result.outcome === 'closed');
    const closedTasks = closed.map(({ result }) => result.id);
    if (writes.length === 0 && closedTasks.length === 0) return [];
    world.observer.emit('undo.applied', { object, record_id: recordId, decisions: undone, by });
    const input = { decisions: undone };
    const result = { result: 'undone', decisions: undone, closed_tasks: closedTasks, by };
    return [{ at, module: MODULE, object, recordId, epoch: String(at), input, result, writes }];
  });
  world.record(made, 0);
}

function fieldResult(undo: FieldUndo, fates: ReadonlyMap<string, Fate>): UndoResult {
  const { decision, module, object, recordId: id, field, kind } = undo;
  const result = { decision, module, object, id, field, why: '' };
  if (kind === 'restored') return { ...result, outcome: 'before' };
  if (kind !== 'restore') return { ...result, outcome: kind };
  return settle({ ...result, outcome: 'restored' }, fates.get(`${object}:${id}`), 'restored');
}

function settle(result: UndoResult, fate: Fate | undefined, done: 'restored' | 'closed'): UndoResult {
  switch (fate?.kind) {
    case 'applied':
      return { ...result, outcome: done };
    case 'refused':
      return { ...result, outcome: 'refused', why: fate.code };
    case 'held':
      return { ...result, outcome: 'held' };
    case 'unknown':
      return { ...result, outcome: 'unknown', why: fate.cause.code };
    default:
      return { ...result, outcome: 'changed_since' };
  }
}
