import type { Instant } from '../../domain/instant.ts';
import type { Memory } from '../../ports.ts';
import type { Assignment } from '../../rules/routing/assignment.ts';
import { handoffKey } from '../../rules/routing/plan-handoff.ts';
import { alertAssigned, alertMet } from './alert-leads.ts';
import { announce, resultsOf, type Announced } from './announce-leads.ts';
import { rememberJudgement, withoutChangedRules } from './changed-rules.ts';
import {
  giveLeads,
  judgeLeads,
  needsTurn,
  readOutcome,
  refusedBy,
  wakeAt,
  type LeadCase,
  type LeadRuling,
} from './decide-leads.ts';
import { handoffsOf } from './hand-off-leads.ts';
import { findHandRaises } from './hand-raises.ts';
import { loadCases } from './load-cases.ts';
import { loadRouteFacts } from './load-route-facts.ts';
import { assignmentKey, epochKey, requestKey, storeEpoch } from './lead-epochs.ts';
import type { LeadPass } from './lead-pass.ts';
import { rememberStatus } from './person-status.ts';
import { rememberRevert } from './reverts.ts';
import { confirmedWrites, type Written } from '../confirmed-writes.ts';
import { settleFates, triesOf, type Settled } from '../settle.ts';
import { tell } from '../told.ts';
import { commitTurns, giveBack, openTurns, type TurnWorld } from './turns.ts';
import type { WorkWorld } from '../work-world.ts';
import { submitCreations, submitUpdates, type Fate, type Update } from '../write-back.ts';
import { keepsLetter, takeBack, updatesOf } from './write-leads.ts';

/**
 * Qualifies up to 1,000 leads as the org has them now and gives the ready ones to their owners. A turn is reserved and
 * remembered before the write and given back if the write is refused, so that a retry never takes another (D9, R14).
 */
export async function routeLeads(ids: readonly string[], world: WorkWorld, signal: AbortSignal): Promise<void> {
  const { qualification, routing } = world.frame().rulebook;
  if (qualification === null && routing === null) return;
  // Whoever waited for the opening comes before what has just come in (R11), also when that is faster in the queue.
  const due = await world.state.dueTimers('lead', world.now(), MOST_RECORDS);
  const queue = [...new Set([...due.keys(), ...ids])];
  for (let begun = 0; begun < queue.length; begun += MOST_RECORDS) {
    await routeBatch(queue.slice(begun, begun + MOST_RECORDS), world, signal);
  }
}

/** What one write may hold. */
const MOST_RECORDS = 1_000;

async function routeBatch(ids: readonly string[], world: WorkWorld, signal: AbortSignal): Promise<void> {
  const pass = beginLeadPass(world, signal);
  const cases = routable(await withoutChangedRules(await loadCases(ids, pass), pass), pass);
  const rulings = await decideLeads(cases, pass);
  const announced = announce(rulings, pass);
  const tookMs = pass.monotonic() - pass.begun;
  keep(announced, await apply(rulings, pass), tookMs, pass);
}

/** One consistent look at the rules, the org's time and the turns. */
export function beginLeadPass(world: WorkWorld, signal: AbortSignal): LeadPass {
  const taken = world.frame();
  const { source, routing } = taken.rulebook;
  const turns: TurnWorld = {
    state: world.state,
    salesforce: world.salesforce,
    signal,
    turnField: source.write.turn_key,
    users: taken.directory.users,
    scope: routing?.mode === 'observe' ? 'shadow:' : '',
  };
  return { ...world, taken, turns, at: world.now(), begun: world.monotonic(), signal };
}

/** While qualification stands still, routing goes on with what it has passed before (XE9). */
function routable(cases: readonly LeadCase[], { taken }: LeadPass): readonly LeadCase[] {
  if (!taken.suspended.has('qualification')) return cases;
  return cases.filter(({ memory, assignment }) => assignment !== null || readOutcome(memory)?.outcome === 'qualified');
}

/** Puts decisions in the decision log, with what the org has confirmed of them: those that say something new or wrote. */
function keep(announced: readonly Announced[], written: readonly Written[], tookMs: number, pass: LeadPass): void {
  const writesOf = confirmedWrites(written, pass.isWithheld);
  const decisions = announced.flatMap(({ decision, isNew }) => {
    const writes = writesOf(decision.module, decision.recordId);
    return isNew || writes.length > 0 ? [{ ...decision, writes }] : [];
  });
  pass.record(decisions, tookMs);
}

/** Turns are taken on the pools as they are: when another worker was faster, everything is decided again (R19). */
export async function decideLeads(cases: readonly LeadCase[], pass: LeadPass): Promise<readonly LeadRuling[]> {
  const { taken, turns, at } = pass;
  const rules = taken.rulebook.routing?.rules;
  const judged = await judge(await dropLapsed(cases, pass), pass);
  // A lead that routing has to take waits whole for it: qualified is what gets an owner.
  if (taken.suspended.has('routing')) return judged.filter((ruling) => !needsTurn(ruling));
  if (rules === undefined || !judged.some(needsTurn)) return judged;
  const asking = judged.filter(needsTurn).map(({ lead }) => lead);
  for (;;) {
    const book = await openTurns(rules, turns);
    const facts = await loadRouteFacts(asking, rules, pass);
    const { rulings, states } = giveLeads(judged, rules, book.states, facts, taken, at);
    if (await commitTurns(book, states, reservationsOf(rulings), turns)) return rulings;
  }
}

/** Whom a person's Status holds back is asked once more whether the lead has raised a hand since (QE8). */
async function judge(cases: readonly LeadCase[], pass: LeadPass): Promise<readonly LeadRuling[]> {
  const judged = judgeLeads(cases, pass.taken, pass.at);
  const raised = await findHandRaises(judged, pass);
  if (raised.size === 0) return judged;
  const again = cases.map((lead) => (raised.has(lead.id) ? { ...lead, isHandRaise: true } : lead));
  return judgeLeads(again, pass.taken, pass.at);
}

/** What is put in place with the turns: who gets the lead, and that the epoch somebody asked for has begun. */
function reservationsOf(rulings: readonly LeadRuling[]): ReadonlyMap<string, Memory | null> {
  const reserved = new Map<string, Memory | null>();
  for (const { lead, assignment } of rulings) {
    if (assignment === null || lead.assignment !== null) continue;
    reserved.set(assignmentKey(lead.id, lead.epoch.number), assignment);
    if (!lead.epoch.isWanted) continue;
    reserved.set(epochKey(lead.id), storeEpoch(lead.epoch));
    reserved.set(requestKey(lead.id), null);
  }
  return reserved;
}

/** A choice that was never written and whose user has left since is given back, so that another is made (R2, R14). */
async function dropLapsed(cases: readonly LeadCase[], { taken, turns }: LeadPass): Promise<readonly LeadCase[]> {
  const rules = taken.rulebook.routing?.rules;
  const isLapsed = ({ assignment }: LeadCase): boolean =>
    assignment?.isConfirmed === false && taken.directory.users.byId.get(assignment.ownerId)?.isActive === false;
  const lapsed = cases.filter(isLapsed);
  if (rules === undefined || lapsed.length === 0) return cases;
  await giveBack(
    rules,
    new Map(lapsed.map(({ id, epoch, assignment }) => [assignmentKey(id, epoch.number), assignment!])),
    turns,
  );
  return cases.map((lead) => (isLapsed(lead) ? { ...lead, assignment: null } : lead));
}

/** The owner first; the task to the new owner only where the owner stands. @returns what was sent */
async function apply(rulings: readonly LeadRuling[], pass: LeadPass): Promise<readonly Written[]> {
  const updates = rulings.flatMap((ruling) => updatesOf(ruling, pass));
  const updated = await submitUpdates('Lead', updates, pass, pass.signal);
  const fates = new Map(updated);
  const retaken = await takeBack(rulings, fates, pass);

  const handoffs = await handoffsOf(rulings, fates, pass);
  const made = await submitCreations('Task', handoffs, pass, pass.signal);
  for (const { about, key } of handoffs) {
    const fate = made.get(key)!;
    if (fate.kind !== 'withheld') fates.set(about, fate);
  }
  const handedOff = new Set(handoffs.filter(({ key }) => made.get(key)!.kind === 'applied').map(({ about }) => about));
  await confirm(rulings, updates, fates, handedOff, pass);
  const memories = new Map(rulings.map(({ lead }) => [lead.id, lead.memory]));
  const keeping = new Set(
    rulings
      .filter((ruling) => keepsLetter(ruling, fates.get(ruling.lead.id), pass.salesforce.userId()))
      .map(({ lead }) => lead.id),
  );
  const evaluated = [...memories.keys()].filter((id) => !keeping.has(id));
  const settled = await settleFates('lead', evaluated, fates, (id) => triesOf(memories.get(id)), pass);
  await alertMet(rulings, fates, pass);
  await remember(rulings, { settled, retaken, keeping }, pass);
  return [
    { object: 'Lead', updates, fates: updated },
    { object: 'Task', creations: handoffs, fates: made },
  ];
}

/** Marks what the org has confirmed, so that a retry goes on where this one stops. */
async function confirm(
  rulings: readonly LeadRuling[],
  updates: readonly Update[],
  fates: ReadonlyMap<string, Fate>,
  handedOff: ReadonlySet<string>,
  pass: LeadPass,
): Promise<void> {
  const { turns, taken } = pass;
  const written = new Set(updates.filter(({ module }) => module === 'routing').map(({ id }) => id));
  const hasTask = taken.rulebook.routing?.rules.handoff.task !== null;
  const marked = new Map<string, Assignment>();
  const confirmed: LeadRuling[] = [];
  for (const ruling of rulings) {
    const { lead, kind, assignment } = ruling;
    if (assignment === null || (kind !== 'given' && kind !== 'ours')) continue;
    const fate = fates.get(lead.id);
    const isConfirmed = kind === 'ours' || (written.has(lead.id) && fate?.kind === 'applied') || handedOff.has(lead.id);
    if (!isConfirmed) continue;
    const isHandedOff =
      handedOff.has(lead.id) || lead.record.handoffKeys.has(handoffKey(lead.id, lead.epoch.number)) || !hasTask;
    if (isHandedOff !== assignment.isHandedOff || !assignment.isConfirmed) {
      marked.set(assignmentKey(lead.id, lead.epoch.number), { ...assignment, isConfirmed, isHandedOff });
      confirmed.push(ruling);
    }
  }
  // Before the mark: whoever is not told because of a crash is told at the next look, and nobody twice.
  await alertAssigned(confirmed, pass);
  if (marked.size > 0) await commitTurns({ states: new Map(), texts: new Map() }, new Map(), marked, turns);
}

type Outcome = {
  readonly settled: ReadonlyMap<string, Settled>;
  /** Leads that are to get another owner, with whom the org refused. */
  readonly retaken: ReadonlyMap<string, string | null>;
  /** Leads whose dead letter stays. */
  readonly keeping: ReadonlySet<string>;
};

/** What stands is remembered; what comes again is decided anew from what was known before. */
async function remember(
  rulings: readonly LeadRuling[],
  { settled, retaken, keeping }: Outcome,
  pass: LeadPass,
): Promise<void> {
  const { state, taken, turns, isWithheld, at } = pass;
  const kept = new Map<string, Memory>();
  const timers = new Map<string, Instant | null>();
  for (const ruling of rulings) {
    const { lead, qualification } = ruling;
    const before = lead.memory ?? {};
    const { aftermath, tries } = settled.get(lead.id) ?? { aftermath: 'done', tries: 0 };
    if (aftermath !== 'done') {
      const refused = retaken.get(lead.id) ?? null;
      kept.set(lead.id, {
        ...before,
        tries: aftermath === 'dead' ? 0 : tries,
        ...(refused === null ? {} : { refused: [...refusedBy(lead.memory), refused] }),
      });
      continue;
    }
    const told = new Map(resultsOf(ruling, taken).map(({ module, result }) => [module, tell(result)]));
    // An outcome that was not written is no outcome yet: once the module enforces, it is.
    const outcome =
      qualification === null || isWithheld('qualification')
        ? (taken.suspended.has('qualification') && before['outcome']) || null
        : { outcome: qualification.outcome, group: qualification.group };
    kept.set(lead.id, {
      outcome,
      ...rememberStatus(ruling),
      ...rememberJudgement(ruling, pass),
      ...rememberRevert(lead.revert, lead.memory, at),
      ...(ruling.kind === 'settled' && lead.revert === null ? { is_settled: true } : {}),
      held_since: qualification?.heldSince ?? null,
      ...(keeping.has(lead.id) ? { keeps_letter: true } : {}),
      ...(ruling.kind === 'waiting' ? { waiting_since: before['waiting_since'] ?? at } : {}),
      told: told.get('qualification') ?? before['told'],
      told_route: told.get('routing') ?? before['told_route'],
    });
    timers.set(lead.id, wakeAt(ruling));
  }
  await state.remember('lead', kept);
  await state.setTimers('lead', timers);
  await dropVainRequests(rulings, turns);
}

/** A new epoch that was asked for and that the lead's state forbids is not kept for better days. */
async function dropVainRequests(rulings: readonly LeadRuling[], turns: TurnWorld): Promise<void> {
  const vain = rulings.filter(({ lead, kind }) => lead.epoch.isWanted && kind !== 'given' && kind !== 'waiting');
  const dropped = new Map(vain.map(({ lead }) => [requestKey(lead.id), null]));
  if (dropped.size > 0) await commitTurns({ states: new Map(), texts: new Map() }, new Map(), dropped, turns);
}
