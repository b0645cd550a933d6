import { writeInstant, type Instant } from '../domain/instant.ts';
import type { Fields } from '../domain/record.ts';
import type { Decision } from '../observe/decision-log.ts';
import type { Memory } from '../ports.ts';
import { assigneeCalendar } from '../rules/routing/assignee-calendar.ts';
import { handoffKey, planHandoff } from '../rules/routing/plan-handoff.ts';
import { routeValues } from '../rules/routing/route-values.ts';
import type { RoutingRules } from '../rules/routing/routing-rules.ts';
import type { StepName } from '../rules/routing/schema.ts';
import { renderSet } from '../rules/template.ts';
import { differingFields } from '../write-back/differing-fields.ts';
import {
  giveLeads,
  judgeLeads,
  needsTurn,
  refusedBy,
  routedAt,
  routeLead,
  wakeAt,
  type LeadCase,
  type LeadRuling,
} from './decide-leads.ts';
import { loadLeads } from './load-leads.ts';
import { settleFates, type Aftermath } from './settle.ts';
import { isNews, tell } from './told.ts';
import {
  commitTurns,
  giveBack,
  isRecent,
  openTurns,
  readAssignment,
  resetPools,
  turnKey,
  type Assignment,
  type TurnWorld,
} from './turns.ts';
import type { Frame, WorkWorld } from './work-world.ts';
import { submitCreations, submitUpdates, type Creation, type Fate, type Update } from './write-back.ts';

/** The epoch of a lead's first routing (R20). */
const INITIAL = 1;

/** One batch: the frame that it keeps and the instant of its decisions. */
type Pass = WorkWorld & {
  readonly taken: Frame;
  readonly turns: TurnWorld;
  readonly at: Instant;
  readonly signal: AbortSignal;
};

/**
 * Qualifies up to 1,000 leads as the org has them now and gives the ready ones to their owners. A turn is reserved and
 * remembered before the write and given back if the write is refused, so that a retry never takes another (D9, R14).
 */
export async function routeLeads(ids: readonly string[], world: WorkWorld, signal: AbortSignal): Promise<void> {
  const taken = world.frame();
  const { source, routing } = taken.rulebook;
  if (taken.rulebook.qualification === null && routing === null) return;
  const turns: TurnWorld = {
    state: world.state,
    salesforce: world.salesforce,
    signal,
    turnField: source.write.turn_key,
    scope: routing?.mode === 'observe' ? 'shadow:' : '',
  };
  const pass: Pass = { ...world, taken, turns, at: world.now(), signal };
  const cases = await loadCases([...new Set(ids)], pass);
  const rulings = await decide(cases, pass);
  announce(rulings, pass);
  await apply(rulings, pass);
}

async function loadCases(ids: readonly string[], pass: Pass): Promise<readonly LeadCase[]> {
  const { taken, state, turns, observer } = pass;
  const taskKey = taken.rulebook.source.write.task_key;
  const records = await loadLeads(ids, taken.columns.lead, taskKey, pass.salesforce, pass.signal);
  const memories = await state.memories('lead', ids);
  const assignments = await state.assignments(ids.map((id) => turns.scope + assignmentKey(id)));
  const known = new Map(ids.map((id, index) => [id, { memory: memories[index]!, stored: assignments[index]! }]));

  const gone = ids.filter((id) => !records.has(id) && known.get(id)!.memory !== null);
  await state.remember('lead', new Map(gone.map((id) => [id, null])));
  await state.setTimers('lead', new Map(gone.map((id) => [id, null])));
  for (const id of gone) observer.emit('gone', { object: 'Lead', record_id: id });

  return [...records].map(([id, record]) => {
    const { memory, stored } = known.get(id)!;
    return { id, record, memory, assignment: readAssignment(stored) };
  });
}

/** Turns are taken on the pools as they are: when another worker was faster, everything is decided again (R19). */
async function decide(cases: readonly LeadCase[], pass: Pass): Promise<readonly LeadRuling[]> {
  const { taken, turns, at } = pass;
  const rules = taken.rulebook.routing?.rules;
  const judged = judgeLeads(await dropLapsed(cases, pass), taken, at);
  if (rules === undefined || !judged.some(needsTurn)) return judged;
  for (;;) {
    const book = await openTurns(rules, turns);
    const { rulings, states } = giveLeads(judged, rules, book.states, taken, at);
    const reserved = rulings.filter(({ lead, assignment }) => assignment !== null && lead.assignment === null);
    const assignments = new Map(reserved.map(({ lead, assignment }) => [assignmentKey(lead.id), assignment]));
    if (await commitTurns(book, states, assignments, turns)) return rulings;
  }
}

/** A choice that was never written and whose user has left since is given back, so that another is made (R2, R14). */
async function dropLapsed(cases: readonly LeadCase[], { taken, turns }: Pass): Promise<readonly LeadCase[]> {
  const rules = taken.rulebook.routing?.rules;
  const isLapsed = ({ assignment }: LeadCase): boolean =>
    assignment?.isConfirmed === false && taken.directory.users.byId.get(assignment.ownerId)?.isActive === false;
  const lapsed = cases.filter(isLapsed);
  if (rules === undefined || lapsed.length === 0) return cases;
  await giveBack(rules, new Map(lapsed.map(({ id, assignment }) => [assignmentKey(id), assignment!])), turns);
  return cases.map((lead) => (isLapsed(lead) ? { ...lead, assignment: null } : lead));
}

function announce(rulings: readonly LeadRuling[], { taken, observer, record, at }: Pass): void {
  const decisions: Decision[] = [];
  for (const ruling of rulings) {
    const { lead, kind } = ruling;
    // What we gave away ourselves comes back as an echo: no second decision (XE25, QE11).
    if (kind === 'ours' || kind === 'settled') continue;
    for (const { module, result, isRoutine } of resultsOf(ruling, taken)) {
      if (!isNews(tell(result), module === 'routing' ? toldOfRoute(lead.memory) : lead.memory)) continue;
      observer.emit(
        'decision',
        { module, object: 'Lead', record_id: lead.id, ...result },
        isRoutine ? 'debug' : 'info',
      );
      const { fields } = lead.record;
      const epoch = String(INITIAL);
      decisions.push({ at, module, object: 'Lead', recordId: lead.id, epoch, input: fields, result, writes: {} });
    }
  }
  record(decisions);
}

type Told = {
  readonly module: 'qualification' | 'routing';
  readonly result: { readonly result: string } & Record<string, unknown>;
  readonly isRoutine: boolean;
};

/** What is said of a lead, by module. Users are named by id: a user name looks like an address. */
function resultsOf(ruling: LeadRuling, { rulebook }: Frame): readonly Told[] {
  const { kind, qualification, route, assignment } = ruling;
  if (kind === 'owned') return [{ module: 'routing', result: { result: 'owned' }, isRoutine: false }];
  const told: Told[] = [];
  if (qualification !== null) {
    const { outcome, reason, points, findings, heldBack, holdUntil } = qualification;
    told.push({
      module: 'qualification',
      result: {
        result: outcome,
        ...(reason === null ? {} : { reason }),
        ...(points === null ? {} : { points }),
        ...(heldBack === null ? {} : { held_back: heldBack }),
        ...(holdUntil === null ? {} : { hold_until: writeInstant(holdUntil) }),
        findings,
      },
      isRoutine: outcome === 'out_of_scope',
    });
  }
  if (kind === 'waiting' && route?.waitUntil !== null && route?.waitUntil !== undefined) {
    const { reason, pool, territory, findings, waitUntil } = route;
    const result = { result: 'waiting', reason, pool, territory, wait_until: writeInstant(waitUntil), findings };
    told.push({ module: 'routing', result, isRoutine: false });
  }
  if (kind === 'given' && assignment !== null) {
    const { ownerId, reason, pool, territory, turn } = assignment;
    const shared = { result: 'assigned', route: assignment.route, owner_id: ownerId, territory, pool, reason };
    const steps = route?.steps.map(({ step, verdict, reason: why }) => `${step} ${verdict}: ${why}`) ?? [];
    const skipped = route?.skipped.map(({ pool: asked, reason: why }) => `${asked}: ${why}`) ?? [];
    told.push({
      module: 'routing',
      result: { ...shared, turn: turn?.turn ?? null, steps, skipped, findings: route?.findings ?? [] },
      isRoutine: false,
    });
  }
  return told.filter(({ module }) => rulebook[module] !== null);
}

function toldOfRoute(memory: Memory | null): Memory | null {
  return { told: memory?.['told_route'] };
}

/** The owner first; the task to the new owner only where the owner stands. */
async function apply(rulings: readonly LeadRuling[], pass: Pass): Promise<void> {
  const updates = rulings.flatMap((ruling) => updatesOf(ruling, pass));
  const fates = new Map(await submitUpdates('Lead', updates, pass, pass.signal));
  const retaken = await takeBack(rulings, fates, pass);

  const handoffs = rulings.flatMap((ruling) => handoffOf(ruling, fates.get(ruling.lead.id), pass));
  const made = await submitCreations('Task', handoffs, pass, pass.signal);
  for (const { about, key } of handoffs) {
    const fate = made.get(key)!;
    if (fate.kind !== 'withheld') fates.set(about, fate);
  }
  const handedOff = new Set(handoffs.filter(({ key }) => made.get(key)!.kind === 'applied').map(({ about }) => about));
  await confirm(rulings, updates, fates, handedOff, pass);
  const triesOf = (id: string): number =>
    Number(rulings.find(({ lead }) => lead.id === id)?.lead.memory?.['tries'] ?? 0);
  const aftermath = await settleFates('lead', 'routing', fates, triesOf, pass);
  await remember(rulings, aftermath, retaken, pass);
}

function updatesOf(ruling: LeadRuling, { taken, at }: Pass): readonly Update[] {
  const { lead, kind, qualification, assignment } = ruling;
  if (kind === 'owned' || kind === 'ours' || kind === 'settled') return [];
  const { fields: shown } = lead.record;
  const guard = Object.fromEntries(taken.columns.guard.Lead.map((field) => [field, shown[field] ?? null]));
  const updates: Update[] = [];
  const add = (module: string, fields: Fields): void => {
    if (Object.keys(fields).length > 0) updates.push({ module, id: lead.id, fields, seen: guard });
  };
  if (qualification !== null && !qualification.isRepeat) {
    const owner = kind === 'judged' ? qualification.owner : null;
    const wanted = { ...qualification.set, ...ownerField(owner, taken) };
    add('qualification', differingFields(wanted, shown, qualification.stamps));
  }
  const rules = taken.rulebook.routing?.rules;
  if (kind === 'given' && assignment !== null && rules !== undefined) {
    const { set, stamps } = routeSet(assignment, ruling, rules, at);
    const field = taken.rulebook.source.write.turn_key;
    const turn = field === null || assignment.turn === null ? {} : { [field]: turnKey(assignment.turn) };
    add('routing', differingFields({ ...set, ...turn, OwnerId: assignment.ownerId }, shown, stamps));
  }
  return updates;
}

function routeSet(assignment: Assignment, { lead, qualification }: LeadRuling, rules: RoutingRules, at: Instant) {
  const facts = { ...assignment, route: assignment.route as StepName | 'fallback' };
  return renderSet(rules.set, routeValues(facts, qualification, lead.record.fields, at));
}

function ownerField(
  owner: { readonly kind: 'user'; readonly user: string } | { readonly kind: 'queue'; readonly queue: string } | null,
  { directory }: Frame,
): Fields {
  if (owner === null) return {};
  const id =
    owner.kind === 'queue'
      ? directory.queuesByName.get(owner.queue.toLowerCase())?.id
      : directory.users.byUsername.get(owner.user.toLowerCase())?.id;
  return id === undefined ? {} : { OwnerId: id };
}

/** Refusals that are about the new owner, not about the lead: another member is tried (RE3, RE4). */
const OWNER_REFUSALS = new Set([
  'INACTIVE_OWNER_OR_USER',
  'OPERATION_WITH_INACTIVE_USER',
  'OP_WITH_INVALID_USER_TYPE_EXCEPTION',
  'TRANSFER_REQUIRES_READ',
]);

/** Gives turns back whose writes were refused or overtaken. @returns the leads that are to get another owner, with whom the org refused */
async function takeBack(
  rulings: readonly LeadRuling[],
  fates: Map<string, Fate>,
  { taken, turns }: Pass,
): Promise<ReadonlyMap<string, string | null>> {
  const rules = taken.rulebook.routing?.rules;
  const refunds = new Map<string, Assignment>();
  const retaken = new Map<string, string | null>();
  const takenTwice = new Set<string>();
  for (const { lead, kind, assignment } of rulings) {
    const fate = fates.get(lead.id);
    if (kind !== 'given' || assignment === null || fate === undefined) continue;
    if (fate.kind !== 'stale' && !(fate.kind === 'refused' && fate.recovery !== 'retry')) continue;
    refunds.set(assignmentKey(lead.id), assignment);
    if (fate.kind !== 'refused') continue;
    const isTurnTaken = fate.code === 'DUPLICATE_VALUE' && assignment.pool !== null;
    if (isTurnTaken) takenTwice.add(assignment.pool);
    if (!isTurnTaken && !OWNER_REFUSALS.has(fate.code)) continue;
    retaken.set(lead.id, isTurnTaken ? null : assignment.ownerId);
    fates.set(lead.id, { kind: 'stale' });
  }
  if (rules === undefined) return retaken;
  await giveBack(rules, refunds, turns);
  // A turn that another lead has already: Redis was rolled back. The org knows which turns are taken.
  await resetPools(rules, [...takenTwice], turns);
  return retaken;
}

/** The task that the new owner gets, also when an earlier attempt stopped between the owner and the task. */
function handoffOf(ruling: LeadRuling, fate: Fate | undefined, pass: Pass): readonly Creation[] {
  const { taken, at } = pass;
  const rules = taken.rulebook.routing?.rules;
  const keyField = taken.rulebook.source.write.task_key;
  const { lead } = ruling;
  const key = handoffKey(lead.id, INITIAL);
  if (rules === undefined || keyField === null || lead.record.handoffKeys.has(key)) return [];
  const assignment = handoffAssignment(ruling, fate, rules, pass);
  const user = assignment === null ? undefined : taken.directory.users.byId.get(assignment.ownerId);
  if (assignment === null || user === undefined) return [];
  const calendar = assigneeCalendar(rules, user, assignment.pool);
  const { fields } = lead.record;
  const task = planHandoff(
    rules,
    {
      leadId: lead.id,
      epoch: INITIAL,
      ruling: {
        ...assignment,
        route: assignment.route as StepName | 'fallback',
        owner: { kind: 'user', user },
        fields: ruling.route?.fields ?? ruling.qualification?.fields ?? fields,
      },
      qualification: ruling.qualification,
      calendar,
      firstTouchDue: taken.rulebook.firstTouchDue(fields, calendar, at),
      keyField,
    },
    at,
  );
  return task === null ? [] : [{ module: 'routing', about: lead.id, key, fields: task }];
}

function handoffAssignment(
  ruling: LeadRuling,
  fate: Fate | undefined,
  rules: RoutingRules,
  { taken, at }: Pass,
): Assignment | null {
  const { lead, kind, assignment } = ruling;
  if (kind === 'given') return fate?.kind === 'applied' || fate?.kind === 'withheld' ? assignment : null;
  if (kind === 'ours') return assignment?.isHandedOff === false ? assignment : null;
  if (kind !== 'owned' || assignment !== null || lead.memory !== null) return null;
  // Redis has lost the assignment: the org shows that we routed the lead lately, and no task about it was ever made.
  const since = routedAt(lead, rules);
  if (since === null || !isRecent(since, at)) return null;
  const { route, reason, territory, pool } = routeLead(ruling, rules, new Map(), taken, at, 'manual');
  const ownerId = String(lead.record.fields['OwnerId']);
  const facts = { ownerId, route: route ?? 'fallback', reason, territory, pool, turn: null };
  return { ...facts, isConfirmed: true, isHandedOff: false };
}

/** Marks what the org has confirmed, so that a retry goes on where this one stops. */
async function confirm(
  rulings: readonly LeadRuling[],
  updates: readonly Update[],
  fates: ReadonlyMap<string, Fate>,
  handedOff: ReadonlySet<string>,
  { turns, taken }: Pass,
): Promise<void> {
  const written = new Set(updates.filter(({ module }) => module === 'routing').map(({ id }) => id));
  const hasTask = taken.rulebook.routing?.rules.handoff.task !== null;
  const marked = new Map<string, Assignment>();
  for (const { lead, kind, assignment } of rulings) {
    if (assignment === null || (kind !== 'given' && kind !== 'ours')) continue;
    const fate = fates.get(lead.id);
    const isConfirmed = kind === 'ours' || (written.has(lead.id) && fate?.kind === 'applied') || handedOff.has(lead.id);
    if (!isConfirmed) continue;
    const isHandedOff = handedOff.has(lead.id) || lead.record.handoffKeys.has(handoffKey(lead.id, INITIAL)) || !hasTask;
    if (isHandedOff !== assignment.isHandedOff || !assignment.isConfirmed) {
      marked.set(assignmentKey(lead.id), { ...assignment, isConfirmed, isHandedOff });
    }
  }
  if (marked.size > 0) await commitTurns({ states: new Map(), texts: new Map() }, new Map(), marked, turns);
}

/** What stands is remembered; what comes again is decided anew from what was known before. */
async function remember(
  rulings: readonly LeadRuling[],
  aftermath: ReadonlyMap<string, Aftermath>,
  retaken: ReadonlyMap<string, string | null>,
  { state, taken, isWithheld }: Pass,
): Promise<void> {
  const kept = new Map<string, Memory>();
  const timers = new Map<string, Instant | null>();
  for (const ruling of rulings) {
    const { lead, qualification } = ruling;
    const before = lead.memory ?? {};
    const became = aftermath.get(lead.id) ?? 'done';
    if (became !== 'done') {
      const refused = retaken.get(lead.id) ?? null;
      kept.set(lead.id, {
        ...before,
        tries: became === 'dead' ? 0 : Number(before['tries'] ?? 0) + 1,
        ...(refused === null ? {} : { refused: [...refusedBy(lead.memory), refused] }),
      });
      continue;
    }
    const told = new Map(resultsOf(ruling, taken).map(({ module, result }) => [module, tell(result)]));
    // An outcome that was not written is no outcome yet: once the module enforces, it is.
    const outcome =
      qualification === null || isWithheld('qualification')
        ? null
        : { outcome: qualification.outcome, group: qualification.group };
    kept.set(lead.id, {
      outcome,
      held_since: qualification?.heldSince ?? null,
      told: told.get('qualification') ?? before['told'],
      told_route: told.get('routing') ?? before['told_route'],
    });
    timers.set(lead.id, wakeAt(ruling));
  }
  await state.remember('lead', kept);
  await state.setTimers('lead', timers);
}

function assignmentKey(leadId: string): string {
  return `${leadId}:${INITIAL}`;
}
