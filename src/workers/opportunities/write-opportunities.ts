import { inGroups } from '../../domain/in-groups.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import type { Memory } from '../../ports.ts';
import { earliestAfter } from '../../rules/contact-roles/decide-contact-roles.ts';
import { openCommitteeTask } from '../../rules/contact-roles/plan-task.ts';
import { tellCommittee, tellCriteria } from './announce-opportunities.ts';
import { truceEnd, type Heeded } from './heed-fights.ts';
import { refillSlots } from './refill-slots.ts';
import type { JudgedBatch, JudgedCommittee, OpportunityPass } from './opportunity-pass.ts';
import type { Written } from '../confirmed-writes.ts';
import { settleFates, triesOf, type Settled } from '../settle.ts';
import { alertOperators } from '../alert-operators.ts';
import { standOf } from '../stand.ts';
import { submitCreations, submitUpdates, type Creation, type Fate, type Sharing, type Update } from '../write-back.ts';

const MODULE = 'contact_roles';

/** Records of one call of the write-back. */
const MOST_RECORDS = 1_000;

/** What became of some writes: updates by the record's id, creations by their key. */
type Made = ReadonlyMap<string, Fate>;

/**
 * Writes what a batch decided and remembers it. The flags go first; tasks and roles only where they stand, so that no
 * task ever precedes its episode.
 * @returns what was sent; texts of tasks are not among it, they may hold anything
 */
export async function writeOpportunities(heeded: Heeded, pass: OpportunityPass): Promise<readonly Written[]> {
  const { judged, fights } = heeded;
  const updates = flagUpdates(judged, pass);
  const updated = await submitUpdates('Opportunity', updates, pass, pass.signal);
  const fates = new Map(updated);
  const standing = judged.committees.filter(({ id }) => isStanding(fates.get(id)));
  await changeTasks(standing, fates, pass);
  const tasks = standing.flatMap(tasksToMake(updated, pass));
  const made = await create('Task', tasks, fates, pass);
  const roles = standing.flatMap(rolesToAdd(updated, pass));
  const added = await create('OpportunityContactRole', roles, fates, pass);

  const tries = (id: string): number => triesOf(pass.memories.get(id));
  const settled = await settleFates('opportunity', [...pass.records.keys()], fates, tries, pass);
  await refillSlots(judged.committees, (each) => holderAfter(each, made, pass), pass);
  await alertOperators('opportunity', { fates, fights }, pass.taken.alertChannel, pass);
  await remember(heeded, { settled, fates, made }, pass);
  return [
    { object: 'Opportunity', updates, fates: updated },
    { object: 'Task', creations: tasks, fates: made },
    { object: 'OpportunityContactRole', creations: roles, fates: added },
  ];
}

/** Opportunities, and what is about them, take the lock of their account. */
function sharing(id: string, { records, memories }: OpportunityPass): Sharing {
  const account = records.get(id)?.fields['AccountId'];
  return { parent: typeof account === 'string' ? account : id, tries: triesOf(memories.get(id)) };
}

function flagUpdates({ committees, criteria }: JudgedBatch, pass: OpportunityPass): readonly Update[] {
  const { records, taken } = pass;
  const update = (module: string, id: string, fields: Fields | null): readonly Update[] => {
    if (fields === null) return [];
    const shown = records.get(id)!.fields;
    const seen = Object.fromEntries(taken.columns.guard.Opportunity.map((name) => [name, shown[name] ?? null]));
    const before = Object.fromEntries(Object.keys(fields).map((name) => [name, shown[name] ?? null]));
    return [{ module, about: id, id, fields, before, seen, ...sharing(id, pass) }];
  };
  return [
    ...committees.flatMap(({ id, plan }) => update(MODULE, id, plan.update)),
    ...criteria.flatMap(({ id, update: fields }) => update('opportunity_criteria', id, fields)),
  ];
}

async function changeTasks(
  standing: readonly JudgedCommittee[],
  fates: Map<string, Fate>,
  pass: OpportunityPass,
): Promise<void> {
  const changes = standing.flatMap(({ id, plan }) => plan.updateTasks.map((task) => ({ about: id, ...task })));
  for (const part of inGroups(changes, MOST_RECORDS)) {
    const updates = part.map(({ about, id, fields, seen }): Update => {
      return { module: MODULE, about, id, fields, before: {}, seen, ...sharing(about, pass) };
    });
    const changed = await submitUpdates('Task', updates, pass, pass.signal);
    for (const { about, id } of part) worsen(fates, about, changed.get(id)!);
  }
}

async function create(
  object: string,
  creations: readonly Creation[],
  fates: Map<string, Fate>,
  pass: OpportunityPass,
): Promise<Made> {
  const made = new Map<string, Fate>();
  for (const part of inGroups(creations, MOST_RECORDS)) {
    const answered = await submitCreations(object, part, pass, pass.signal);
    for (const { about, key } of part) {
      const fate = answered.get(key)!;
      made.set(key, fate);
      worsen(fates, about, fate);
    }
  }
  return made;
}

/** The task of the gap and that of an escalation; their key is a field of theirs. */
function tasksToMake(updated: Made, pass: OpportunityPass) {
  const keyField = pass.taken.rulebook.source.write.task_key ?? '';
  return ({ id, plan, escalation }: JudgedCommittee): readonly Creation[] =>
    [plan.createTask, escalation].flatMap((fields) =>
      fields === null ? [] : [creation(id, String(fields[keyField]), fields, updated, pass)],
    );
}

/** A role has no key: whether it was added after all shows when its opportunity is read again. */
function rolesToAdd(updated: Made, pass: OpportunityPass) {
  return ({ id, plan }: JudgedCommittee): readonly Creation[] =>
    plan.createRoles.map((fields) => creation(id, `${id}:${String(fields['ContactId'])}`, fields, updated, pass));
}

function creation(about: string, key: string, fields: Fields, updated: Made, pass: OpportunityPass): Creation {
  const isWritten = updated.get(about)?.kind === 'applied';
  const stand = standOf(pass.records.get(about)!.fields, isWritten, pass.salesforce.userId());
  return { module: MODULE, about, key, fields, stand, ...sharing(about, pass) };
}

function isStanding(fate: Fate | undefined): boolean {
  return fate === undefined || fate.kind === 'applied' || fate.kind === 'withheld';
}

/** Of several writes about one record the one that went wrong decides what happens next. */
function worsen(fates: Map<string, Fate>, id: string, fate: Fate): void {
  if (isStanding(fates.get(id))) fates.set(id, fate);
}

/** Who has the open task of the gap after these writes; null when nobody has. */
function holderAfter({ view, plan }: JudgedCommittee, made: Made, { taken }: OpportunityPass): string | null {
  const created = plan.createTask;
  if (created !== null) {
    const key = String(created[taken.rulebook.source.write.task_key ?? '']);
    return made.get(key)?.kind === 'applied' ? String(created['OwnerId']) : null;
  }
  const open = openCommitteeTask(view);
  const change = plan.updateTasks.find(({ id }) => id === open?.id)?.fields ?? {};
  if (open === undefined || 'Status' in change) return null;
  return typeof change['OwnerId'] === 'string' ? change['OwnerId'] : open.ownerId;
}

type Outcome = {
  readonly settled: ReadonlyMap<string, Settled>;
  readonly fates: ReadonlyMap<string, Fate>;
  readonly made: Made;
};

/** What stands is remembered; what comes again is decided anew from what was known before. */
async function remember(
  { judged: { committees, criteria }, undone }: Heeded,
  { settled, fates, made }: Outcome,
  pass: OpportunityPass,
): Promise<void> {
  const { memories, records, state } = pass;
  const kept = new Map<string, Memory>();
  const timers = new Map<string, Instant | null>();
  const criteriaById = new Map(criteria.map((each) => [each.id, each]));
  const committeeById = new Map(committees.map((each) => [each.id, each]));
  for (const id of records.keys()) {
    const committee = committeeById.get(id);
    const deal = criteriaById.get(id);
    const { aftermath, tries } = settled.get(id) ?? { aftermath: 'done', tries: 0 };
    const before = memories.get(id) ?? {};
    // The gap is as old as it was seen first, whatever became of the write.
    const stay = committee === undefined ? {} : { committee: memoryAfter(committee, made, pass) };
    if (aftermath !== 'done') {
      kept.set(id, { ...before, ...stay, tries: aftermath === 'dead' ? 0 : tries });
      continue;
    }
    // What a module knows that stands still at present is kept for it.
    kept.set(id, {
      ...before,
      tries: 0,
      ...stay,
      ...(undone.has(id) ? { undone: undone.get(id) } : {}),
      wrote: fates.get(id)?.kind === 'applied' ? pass.at : before['wrote'],
      ...(committee === undefined
        ? {}
        : { told: tellCommittee(committee), holder: holderAfter(committee, made, pass) }),
      ...(deal === undefined ? {} : { toldCriteria: tellCriteria(deal) }),
    });
    if (committee !== undefined || undone.has(id)) {
      timers.set(id, earliestAfter(pass.at, [committee?.plan.wakeAt ?? null, truceEnd(undone.get(id), pass.at)]));
    }
  }
  await state.remember('opportunity', kept);
  await state.setTimers('opportunity', timers);
}

/** An escalation that nobody was told of is still to be done. */
function memoryAfter({ view, plan, escalation }: JudgedCommittee, made: Made, { taken }: OpportunityPass) {
  if (escalation === null) return plan.memory;
  const key = String(escalation[taken.rulebook.source.write.task_key ?? '']);
  if (made.get(key)?.kind === 'applied') return plan.memory;
  const episode = { ...plan.memory.episode, escalated: view.memory?.episode.escalated ?? 0 };
  return { ...plan.memory, episode };
}
