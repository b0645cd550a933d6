import type { AppError, Recovery } from '../domain/error.ts';
import type { FieldValue, Fields, Row } from '../domain/record.ts';
import type { Observer } from '../observe/events.ts';
import { selectByIds } from '../poll/soql.ts';
import type { RowFate, Salesforce, State } from '../ports.ts';
import { categoriesOf, holdBack, type BlastWorld } from './blast-radius.ts';
import { heedPoison, type PoisonWorld } from './poison-share.ts';
import { attemptOf, attemptToMake, isRefused, readLetter } from './refused-attempts.ts';
import { sendRows } from './send-rows.ts';
import { withholdCreations, withholdUpdates } from './withhold.ts';

/** What a write shares with others (XE20). */
export type Sharing = {
  /** The record whose lock it takes as well: the account of an opportunity; null when there is none. */
  readonly parent: string | null;
  /** How often the writes of its record have been refused for passing reasons. */
  readonly tries: number;
};

/**
 * One module's changes of one record: the fields that differ, what the decision read in them, and the guarded values
 * that it rests on. Two modules may change one record; what both may write goes out as one.
 */
export type Update = Sharing & {
  readonly module: string;
  /** The record that the decision is about, whose dead letter keeps the write back: an opportunity, for its task. */
  readonly about: string;
  readonly id: string;
  readonly fields: Fields;
  readonly before: Fields;
  readonly seen: Fields;
};

/** One task to make, about one record. Its unique key makes a second attempt harmless (F38a). */
export type Creation = Sharing & {
  readonly module: string;
  readonly about: string;
  readonly key: string;
  /** Names the record as people left it: what the org has refused is sent again when it is another (F35). */
  readonly stand: string;
  readonly fields: Fields;
};

export type Fate =
  | { readonly kind: 'applied' }
  /** The record changed between decision and write: nothing was sent, decide again (F33). */
  | { readonly kind: 'stale' }
  /** A dry run, or a module that only observes: nothing was sent. */
  | { readonly kind: 'withheld' }
  /** The module is paused: the record waits for `rolecall resume` (F36). */
  | { readonly kind: 'held'; readonly module: string }
  | {
      readonly kind: 'refused';
      readonly module: string;
      readonly code: string;
      readonly message: string;
      readonly fields: readonly string[];
      readonly recovery: Recovery;
      readonly attempt: string | null;
      /** It is set aside for exactly this already: nothing was sent (F35). */
      readonly isKnown: boolean;
    }
  | { readonly kind: 'unknown'; readonly cause: AppError; readonly module: string; readonly attempt: string };

/** Of some writes, those to be sent, as they are to be sent, and the fates of the others. */
export type Sifted<Write> = { readonly sent: readonly Write[]; readonly fates: ReadonlyMap<string, Fate> };

/** Looks at writes before they are counted and sent: a plan notes them, its application lets through what was planned. */
export type Review = {
  /** Fates by the record's id. */
  updates(object: string, updates: readonly Update[]): Sifted<Update>;
  /** Fates by the key. */
  creations(object: string, creations: readonly Creation[]): Sifted<Creation>;
  /** Told what became of all of them. */
  settled(object: string, fates: ReadonlyMap<string, Fate>): void;
};

export type WriteWorld = BlastWorld &
  PoisonWorld & {
    readonly salesforce: Salesforce;
    readonly state: Pick<State, 'deadLettersOf' | 'markWithheld'>;
    readonly observer: Observer;
    readonly configHash: () => string;
    /** Modules that decide but do not write: a dry run holds all of them. */
    readonly isWithheld: (module: string) => boolean;
    /** In the place of `isWithheld`; the daemon has none. */
    readonly review?: Review;
  };

/** A task of ours with this key is already there: an earlier attempt was committed although its answer was lost. */
const ALREADY_THERE = 'DUPLICATE_VALUE';

/**
 * Writes the updates of one object, guarded: the guarded fields of the whole batch are read again in one query, and a
 * record in which one has changed since the decision is left alone (F33). What the org has refused for good is not sent
 * again while the record stands as it stood then (F35). At most 1,000 records.
 * @returns the fate of every record by its id; a record that is gone is `stale`
 */
export async function submitUpdates(
  object: string,
  updates: readonly Update[],
  world: WriteWorld,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Fate>> {
  const sifted = world.review?.updates(object, updates) ?? (await withholdUpdates(object, updates, world));
  const fates = new Map([...sifted.fates, ...(await sendUpdates(object, sifted.sent, world, signal))]);
  world.review?.settled(object, fates);
  return fates;
}

async function sendUpdates(
  object: string,
  updates: readonly Update[],
  world: WriteWorld,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Fate>> {
  const fates = new Map<string, Fate>();
  const planned = mergeUpdates(updates);
  const held = await holdBack(
    planned.map(({ module, id, fields }) => ({ module, id, categories: categoriesOf(object, fields) })),
    world,
  );
  for (const { id, module } of planned) if (held.has(id)) fates.set(id, { kind: 'held', module });
  const sent = planned.filter(({ id }) => !held.has(id));
  if (sent.length === 0) return fates;

  const { shown, calls: reads } = await readGuarded(object, sent, world, signal);
  const letters = await world.state.deadLettersOf(sent.map(({ about }) => about));
  const fresh: Update[] = [];
  for (const update of sent) {
    const changed = changedFields(update.seen, shown.get(update.id));
    const letter = letters.get(update.about);
    if (changed.length > 0) {
      world.observer.emit('stale_input', { object, record_id: update.id, fields: changed });
      fates.set(update.id, { kind: 'stale' });
    } else if (isRefused(letter, attemptOf(update, shown.get(update.id)), world)) {
      fates.set(update.id, readLetter(letter));
    } else fresh.push(update);
  }
  if (fresh.length === 0) return fates;
  const rows = fresh.map(({ id, fields, parent, tries }) => ({ parent, tries, write: { id, fields } }));
  const { answers, calls } = await sendRows('update', object, rows, world.salesforce, signal);
  for (const [index, update] of fresh.entries()) {
    fates.set(update.id, readFate(answers[index]!, update.module, attemptOf(update, shown.get(update.id))));
  }
  report(object, 'update', answers, reads + calls, world);
  await heedPoison(
    fresh.map(({ module }, index) => ({ module, answer: answers[index]! })),
    world,
  );
  return fates;
}

/**
 * Makes tasks. A key that the org already has counts as made. What the org has refused for good is not sent again while
 * the record that it is about stands as it stood then (F35).
 * @returns the fate of every creation by its key
 */
export async function submitCreations(
  object: string,
  creations: readonly Creation[],
  world: WriteWorld,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Fate>> {
  const sifted = world.review?.creations(object, creations) ?? (await withholdCreations(object, creations, world));
  const fates = new Map([...sifted.fates, ...(await sendCreations(object, sifted.sent, world, signal))]);
  world.review?.settled(object, fates);
  return fates;
}

async function sendCreations(
  object: string,
  creations: readonly Creation[],
  world: WriteWorld,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Fate>> {
  const fates = new Map<string, Fate>();
  const letters = await world.state.deadLettersOf(creations.map(({ about }) => about));
  const fresh = creations.filter((creation) => {
    const letter = letters.get(creation.about);
    if (!isRefused(letter, attemptToMake(creation), world)) return true;
    fates.set(creation.key, readLetter(letter));
    return false;
  });
  const held = await holdBack(
    fresh.map(({ module, key }) => ({ module, id: key, categories: object === 'Task' ? ['tasks_created'] : [] })),
    world,
  );
  for (const { key, module } of fresh) if (held.has(key)) fates.set(key, { kind: 'held', module });
  const sent = fresh.filter(({ key }) => !held.has(key));
  if (sent.length === 0) return fates;

  const rows = sent.map(({ fields, parent, tries }) => ({ parent, tries, write: { fields } }));
  const { answers, calls } = await sendRows('create', object, rows, world.salesforce, signal);
  const settled = answers.map((answer): RowFate =>
    answer.kind === 'refused' && answer.code === ALREADY_THERE ? { kind: 'applied', id: '' } : answer,
  );
  for (const [index, creation] of sent.entries()) {
    fates.set(creation.key, readFate(settled[index]!, creation.module, attemptToMake(creation)));
  }
  report(object, 'create', settled, calls, world);
  await heedPoison(
    sent.map(({ module }, index) => ({ module, answer: settled[index]! })),
    world,
  );
  return fates;
}

function mergeUpdates(updates: readonly Update[]): readonly Update[] {
  const merged = new Map<string, Update>();
  for (const update of updates) {
    const earlier = merged.get(update.id);
    const fields = { ...earlier?.fields, ...update.fields };
    const before = { ...earlier?.before, ...update.before };
    merged.set(update.id, { ...update, fields, before });
  }
  return [...merged.values()];
}

async function readGuarded(
  object: string,
  updates: readonly Update[],
  { salesforce }: WriteWorld,
  signal: AbortSignal,
): Promise<{ readonly shown: ReadonlyMap<string, Row>; readonly calls: number }> {
  const fields = [...new Set([...updates.flatMap(({ seen }) => Object.keys(seen)), 'SystemModstamp'])];
  const soql = selectByIds(
    object,
    fields,
    updates.map(({ id }) => id),
  );
  const shown = new Map<string, Row>();
  let calls = 0;
  for await (const page of salesforce.query({ soql }, signal)) {
    calls++;
    for (const row of page.rows) shown.set(String(row['Id']), row);
  }
  return { shown, calls };
}

function changedFields(seen: Fields, shown: Row | undefined): readonly string[] {
  if (shown === undefined) return ['Id'];
  return Object.keys(seen).filter((field) => normalise(seen[field]) !== normalise(shown[field]));
}

function normalise(value: FieldValue | undefined): FieldValue {
  return value ?? null;
}

function readFate(answer: RowFate, module: string, attempt: string): Fate {
  if (answer.kind === 'applied') return { kind: 'applied' };
  return answer.kind === 'refused' ? { ...answer, module, attempt, isKnown: false } : { ...answer, module, attempt };
}

function report(
  object: string,
  action: 'update' | 'create',
  answers: readonly RowFate[],
  calls: number,
  { observer }: WriteWorld,
): void {
  observer.emit('write.completed', {
    object,
    action,
    records: answers.length,
    failed: answers.filter(({ kind }) => kind !== 'applied').length,
    calls,
  });
}
