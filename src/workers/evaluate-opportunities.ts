import type { Instant } from '../domain/instant.ts';
import { writeInstant } from '../domain/instant.ts';
import type { Fields } from '../domain/record.ts';
import type { Decision } from '../domain/decision.ts';
import type { Memory } from '../ports.ts';
import { addElapsed } from '../rules/calendars/add-open.ts';
import { readCommitteeMemory } from '../rules/contact-roles/committee-memory.ts';
import type { ContactRoleRules } from '../rules/contact-roles/compile-contact-roles.ts';
import type { ContactRoleRuling } from '../rules/contact-roles/contact-role-ruling.ts';
import { decideContactRoles } from '../rules/contact-roles/decide-contact-roles.ts';
import { findingCodes } from '../rules/contact-roles/finding.ts';
import type { OpportunityView } from '../rules/contact-roles/opportunity-view.ts';
import { pickOwnerCalendar } from '../rules/contact-roles/pick-owner-calendar.ts';
import { planOpportunity, type OpportunityPlan } from '../rules/contact-roles/plan-opportunity.ts';
import { findUser } from '../rules/routing/users.ts';
import { loadEngagements, loadOpportunities, type OpportunityRecord } from './load-opportunities.ts';
import { settleFates, type Aftermath } from './settle.ts';
import { isNews, tell } from './told.ts';
import type { Frame, WorkWorld } from './work-world.ts';
import { submitCreations, submitUpdates, type Creation, type Fate, type Update } from './write-back.ts';

const MODULE = 'contact_roles';

/** One batch: the frame that it keeps, what was remembered of its records, and the instant of its decisions. */
type Pass = WorkWorld & {
  readonly taken: Frame;
  readonly memories: ReadonlyMap<string, Memory | null>;
  readonly at: Instant;
  /** Of the monotonic timer. */
  readonly begun: number;
  readonly signal: AbortSignal;
};

type Evaluated = {
  readonly id: string;
  readonly view: OpportunityView;
  readonly ruling: ContactRoleRuling;
  readonly plan: OpportunityPlan;
};

/**
 * Evaluates the committees of up to 1,000 opportunities as the org has them now, writes what differs, and remembers
 * when to look again. Safe to repeat at any point: what is done already plans nothing.
 */
export async function evaluateOpportunities(
  ids: readonly string[],
  world: WorkWorld,
  signal: AbortSignal,
): Promise<void> {
  const frame = world.frame();
  const rules = frame.rulebook.contactRoles?.rules;
  if (rules === undefined) return;
  const begun = world.monotonic();
  const unique = [...new Set(ids)];
  const columns = { ...frame.columns, taskKey: rules.settings.taskKeyField };
  const records = await loadOpportunities(unique, columns, world.salesforce, signal);
  const pass: Pass = {
    ...world,
    taken: frame,
    memories: await memoriesOf(unique, world),
    at: world.now(),
    begun,
    signal,
  };

  await forgetGone(
    unique.filter((id) => !records.has(id)),
    pass,
  );
  // A role that is deleted later tells only its own id (F26).
  const roles = [...records].flatMap(([id, record]) => record.roles.map((role) => [role.id, id] as const));
  await world.state.rememberRoleParents(new Map(roles));
  const views = [...records].map(([id, record]) => viewOf(id, record, rules, pass));
  const evaluated = (await engage(views, rules, pass)).map((view): Evaluated => {
    const ruling = decideContactRoles(rules, view, pass.at);
    return { id: view.id, view, ruling, plan: planOpportunity(rules, view, ruling, pass.at) };
  });
  announce(evaluated, pass);
  await apply(evaluated, pass);
}

function viewOf(
  id: string,
  record: OpportunityRecord,
  rules: ContactRoleRules,
  { taken: { rulebook, directory, columns }, memories }: Pass,
): OpportunityView {
  const owner = directory.users.byId.get(String(record.fields['OwnerId']));
  const named = pickOwnerCalendar(
    rules.source.grace?.calendar ?? 'owner',
    { username: owner?.username ?? '', timeZone: owner?.timeZone ?? null },
    rulebook.calendarSources,
  );
  const recipients = [rules.source.task?.to ?? 'owner', ...rules.source.escalate.map(({ to }) => to)];
  return {
    id,
    fields: record.fields,
    stageHistoryAt: null,
    roles: record.roles,
    engagedContacts: new Map(),
    calendar: rulebook.calendars.get(named)!,
    managerId: owner?.managerId ?? null,
    users: new Map(
      recipients.flatMap((name) => {
        const user = findUser(directory.users, name);
        return user === null ? [] : [[name, user.id] as const];
      }),
    ),
    tasks: record.tasks,
    candidates: [],
    fieldLengths: columns.lengths,
    memory: readCommitteeMemory(memories.get(id)?.['committee']),
  };
}

/** Reads who is engaged only for the opportunities whose ruling asks: most of a batch needs no such call. */
async function engage(
  views: readonly OpportunityView[],
  rules: ContactRoleRules,
  { salesforce, at, signal }: Pass,
): Promise<readonly OpportunityView[]> {
  const { engaged } = rules.source.member;
  if (engaged === undefined) return views;
  const asking = new Set(
    views
      .filter((view) => {
        const ruling = decideContactRoles(rules, view, at);
        return ruling.notEngaged.length > 0 || findingCodes(ruling.findings).includes('blanket_association');
      })
      .map(({ id }) => id),
  );
  const contacts = views.filter(({ id }) => asking.has(id)).flatMap(({ roles }) => roles.map((row) => row.contactId));
  const since = 2 * at - addElapsed(at, engaged.within);
  const engagedContacts = await loadEngagements([...new Set(contacts)], engaged.by, since, salesforce, signal);
  return views.map((view) => (asking.has(view.id) ? { ...view, engagedContacts } : view));
}

/** Logs each decision that says something new or leads to a write; a quiet org is a quiet log. */
function announce(evaluated: readonly Evaluated[], { memories, observer, record, monotonic, begun, at }: Pass): void {
  const decisions: Decision[] = [];
  for (const { id, view, ruling, plan } of evaluated) {
    const told = tell(resultOf(ruling, plan));
    if (!isNews(told, memories.get(id) ?? null) && !writesAnything(plan)) continue;
    const isRoutine = ruling.cause === 'out_of_scope' || ruling.cause === 'opportunity_closed';
    observer.emit(
      'decision',
      { module: MODULE, object: 'Opportunity', record_id: id, ...resultOf(ruling, plan) },
      isRoutine && !writesAnything(plan) ? 'debug' : 'info',
    );
    decisions.push({
      at,
      module: MODULE,
      object: 'Opportunity',
      recordId: id,
      epoch: String(plan.memory.episode.number),
      input: {
        ...view.fields,
        roles: view.roles.map(({ contactId, role, isPrimary }) => ({ contactId, role, isPrimary })),
      },
      result: resultOf(ruling, plan),
      writes: { ...plan.update, task: plan.createTask !== null },
    });
  }
  record(decisions, monotonic() - begun);
}

function resultOf(ruling: ContactRoleRuling, plan: OpportunityPlan) {
  return {
    result: ruling.status,
    ...(ruling.cause === null ? {} : { cause: ruling.cause }),
    ...(ruling.coverage === null ? {} : { coverage: ruling.coverage }),
    ...(ruling.missing.length === 0 ? {} : { missing: ruling.missing }),
    ...(ruling.notEngaged.length === 0 ? {} : { not_engaged: ruling.notEngaged }),
    ...(ruling.requiredBy === null ? {} : { required_by: ruling.requiredBy }),
    ...(ruling.appliedTier === null ? {} : { tier: ruling.appliedTier }),
    ...(ruling.graceEnds === null ? {} : { grace_ends: writeInstant(ruling.graceEnds) }),
    findings: findingCodes(plan.findings),
  };
}

function writesAnything(plan: OpportunityPlan): boolean {
  return plan.update !== null || plan.createTask !== null || plan.updateTasks.length > 0;
}

/** The flags first; a task only where they stand, so that no task ever precedes its episode. */
async function apply(evaluated: readonly Evaluated[], pass: Pass): Promise<void> {
  const { taken, signal } = pass;
  const flags = evaluated
    .filter(({ plan }) => plan.update !== null)
    .map(({ id, view, plan }): Update => ({
      module: MODULE,
      id,
      fields: plan.update!,
      seen: pick(view.fields, taken.columns.guard.Opportunity),
    }));
  const fates = new Map(await submitUpdates('Opportunity', flags, pass, signal));
  const standing = evaluated.filter(({ id }) => isStanding(fates.get(id)));

  const changes = standing.flatMap(({ id, plan }) => plan.updateTasks.map((task) => ({ about: id, ...task })));
  const updates = changes.map(({ id, fields }): Update => ({ module: MODULE, id, fields, seen: { IsClosed: false } }));
  const changed = await submitUpdates('Task', updates, pass, signal);
  for (const { about, id } of changes) worsen(fates, about, changed.get(id)!);

  const keyField = taken.rulebook.source.write.task_key ?? '';
  const creations = standing.flatMap(({ id, plan }): readonly Creation[] =>
    plan.createTask === null
      ? []
      : [{ module: MODULE, about: id, key: String(plan.createTask[keyField]), fields: plan.createTask }],
  );
  const made = await submitCreations('Task', creations, pass, signal);
  for (const { about, key } of creations) worsen(fates, about, made.get(key)!);

  const triesOf = (id: string): number => Number(pass.memories.get(id)?.['tries'] ?? 0);
  await remember(evaluated, await settleFates('opportunity', MODULE, fates, triesOf, pass), pass);
}

function isStanding(fate: Fate | undefined): boolean {
  return fate === undefined || fate.kind === 'applied' || fate.kind === 'withheld';
}

/** Of several writes about one record the one that went wrong decides what happens next. */
function worsen(fates: Map<string, Fate>, id: string, fate: Fate): void {
  if (isStanding(fates.get(id))) fates.set(id, fate);
}

/** What stands is remembered; what comes again is decided anew from what was known before. */
async function remember(
  evaluated: readonly Evaluated[],
  aftermath: ReadonlyMap<string, Aftermath>,
  { memories, state }: Pass,
): Promise<void> {
  const kept = new Map<string, Memory>();
  const timers = new Map<string, Instant | null>();
  for (const { id, ruling, plan } of evaluated) {
    const became = aftermath.get(id) ?? 'done';
    if (became === 'done') {
      kept.set(id, { committee: plan.memory, told: tell(resultOf(ruling, plan)) });
      timers.set(id, plan.wakeAt);
      continue;
    }
    // The gap is as old as it was seen first, whatever became of the write.
    const before = memories.get(id) ?? {};
    const tries = became === 'dead' ? 0 : Number(before['tries'] ?? 0) + 1;
    kept.set(id, { ...before, committee: plan.memory, tries });
  }
  await state.remember('opportunity', kept);
  await state.setTimers('opportunity', timers);
}

async function memoriesOf(ids: readonly string[], { state }: WorkWorld): Promise<ReadonlyMap<string, Memory | null>> {
  const memories = await state.memories('opportunity', ids);
  return new Map(ids.map((id, index) => [id, memories[index] ?? null]));
}

/** Deleted or invisible: its timer and what we remember of it go; nobody is left to write to. */
async function forgetGone(ids: readonly string[], { memories, state, observer }: Pass): Promise<void> {
  const known = ids.filter((id) => (memories.get(id) ?? null) !== null);
  await state.remember('opportunity', new Map(known.map((id) => [id, null])));
  await state.setTimers('opportunity', new Map(known.map((id) => [id, null])));
  for (const id of known) observer.emit('gone', { object: 'Opportunity', record_id: id });
}

function pick(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, fields[name] ?? null]));
}
