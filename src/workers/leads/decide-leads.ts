import { readInstant, type Instant } from '../../domain/instant.ts';
import type { Memory } from '../../ports.ts';
import { decideQualification } from '../../rules/qualification/decide-qualification.ts';
import type { LeadReading } from '../../rules/qualification/read-lead.ts';
import type { Outcome } from '../../rules/qualification/qualification-rules.ts';
import type { QualificationRuling } from '../../rules/qualification/qualification-ruling.ts';
import type { Assignment } from '../../rules/routing/assignment.ts';
import { decideRoute, findTerritory } from '../../rules/routing/decide-route.ts';
import { isIntake } from '../../rules/routing/is-intake.ts';
import { EMPTY_POOL_STATE, type PoolState, type PoolStates } from '../../rules/routing/pools/state.ts';
import type { Load } from '../../rules/routing/pools/world.ts';
import type { DuplicateCandidate, LeadOwner, RouteInput } from '../../rules/routing/route-input.ts';
import type { RouteRuling } from '../../rules/routing/route-ruling.ts';
import type { RoutingRules } from '../../rules/routing/routing-rules.ts';
import { stampField } from '../../rules/routing/stamp-field.ts';
import type { LeadEpoch } from './lead-epochs.ts';
import type { LeadRecord } from './load-leads.ts';
import type { RouteFacts } from './load-route-facts.ts';
import type { Directory } from '../read-org.ts';
import type { Revert } from './reverts.ts';
import type { Frame } from '../work-world.ts';

/** What of a frame decisions rest on. */
export type RuleFrame = Pick<Frame, 'rulebook' | 'directory'>;

/** A lead as one batch found it. */
export type LeadCase = {
  readonly id: string;
  readonly record: LeadRecord;
  /** The record's fields as the rules see them. */
  readonly reading: LeadReading;
  readonly memory: Memory | null;
  readonly epoch: LeadEpoch;
  /** Who gets it in this epoch, from an earlier look; null when nobody was chosen yet. */
  readonly assignment: Assignment | null;
  /** Ids of those whom we gave it to in earlier epochs, the latest first (R18). */
  readonly previousAssignees: readonly string[];
  /** When a person set the Status that it has (Q7); null when nobody did. */
  readonly personSetStatusAt: Instant | null;
  /** A program has undone our assignment (F34); null when none did. */
  readonly revert: Revert | null;
  /** Whether it raises a hand anew since then (QE8). */
  readonly isHandRaise: boolean;
};

/**
 * What is to be done about a lead.
 * `owned`: it is somebody's (R22). `ours`: the org shows the owner that we gave it. `settled`: this epoch's routing is
 * done, though the lead is back among the untaken (R20). `judged`: qualification says all. `given`: it gets an owner.
 * `waiting`: for opening hours (R11).
 */
export type LeadRuling = {
  readonly lead: LeadCase;
  readonly kind: 'owned' | 'ours' | 'settled' | 'judged' | 'given' | 'waiting';
  readonly qualification: QualificationRuling | null;
  /** As routing ruled now; null when it did not, or when an earlier choice stands. */
  readonly route: RouteRuling | null;
  readonly assignment: Assignment | null;
  /** What routing asked besides the lead itself; null when it did not. */
  readonly basis: RouteBasis | null;
  /** Where it would be routed to by its present place, when that is elsewhere; null when it is not, or nobody knows. */
  readonly drift: Drift | null;
};

/** The territory of a routed lead has changed (R20). */
export type Drift = { readonly to: string | null };

/** What the route of one lead rests on besides the lead (F39). */
export type RouteBasis = Pick<RouteInput, 'duplicates' | 'accounts'> & {
  /** The pools that were asked, in order. */
  readonly pools: ReadonlyMap<string, PoolBasis>;
};

/** A pool before its turn was taken; `loads` by user id. */
type PoolBasis = { readonly state: PoolState; readonly loads: ReadonlyMap<string, Load> };

export type LeadRulings = {
  readonly rulings: readonly LeadRuling[];
  /** The pools that changed. */
  readonly states: PoolStates;
};

/** Who is to be asked before pools are opened: which of these leads need a turn is known only then. */
export function needsTurn({ kind, assignment }: LeadRuling): boolean {
  return kind === 'given' && assignment === null;
}

/** First half: whose leads they are, and what qualification says. Takes no turns. */
export function judgeLeads(cases: readonly LeadCase[], frame: RuleFrame, now: Instant): readonly LeadRuling[] {
  const routing = frame.rulebook.routing?.rules ?? null;
  const qualification = frame.rulebook.qualification?.rules ?? null;
  return cases.map((lead): LeadRuling => {
    const { fields } = lead.record;
    const { assignment } = lead;
    const ruling =
      qualification === null
        ? null
        : decideQualification(
            qualification,
            {
              fields,
              reading: lead.reading,
              previousOutcome: readOutcome(lead.memory),
              heldSince: numberOrNull(lead.memory?.['held_since']),
              statusChangedByPersonAt: lead.personSetStatusAt,
              isHandRaise: lead.isHandRaise,
              isRouted: (assignment?.isConfirmed ?? false) || lead.epoch.number > 1,
            },
            now,
          );
    const known = {
      lead,
      qualification: ruling,
      route: null,
      assignment,
      basis: null,
      drift: driftOf(lead, frame, now),
    };
    if (assignment !== null && assignment.ownerId === fields['OwnerId']) return { ...known, kind: 'ours' };
    if (routing !== null && !isOurs(lead, routing, frame)) return { ...known, kind: 'owned' };
    if (lead.revert?.next === 'again') return { ...known, kind: 'given' };
    if (assignment?.isConfirmed === true || isRoutedByTheOrg(lead, frame)) return { ...known, kind: 'settled' };
    return { ...known, kind: routing !== null && isReady(lead, ruling) ? 'given' : 'judged' };
  });
}

function driftOf({ assignment, reading }: LeadCase, { rulebook }: RuleFrame, now: Instant): Drift | null {
  const rules = rulebook.routing?.rules;
  if (rules === undefined || assignment?.isConfirmed !== true) return null;
  const { path: to } = findTerritory(rules, reading, now);
  return to === assignment.territory ? null : { to };
}

/** Whether the lead may be given away now: the first time from the intake (R22), later from whoever had it (RE16). */
function isOurs(lead: LeadCase, rules: RoutingRules, { directory }: RuleFrame): boolean {
  const { epoch, record } = lead;
  if (epoch.cause === 'initial') return isIntake(rules, ownerOf(lead, directory), directory.users);
  if (epoch.from !== record.fields['OwnerId']) return false;
  if (epoch.cause !== 'owner_deactivated') return true;
  return directory.users.byId.get(epoch.from ?? '')?.isActive === false;
}

/** Redis has lost the assignment, but the org bears our marks: the first epoch has routed (F40). */
function isRoutedByTheOrg({ memory, record, epoch }: LeadCase, { rulebook }: RuleFrame): boolean {
  if (memory !== null || epoch.isWanted) return false;
  const { turn_key: turnField } = rulebook.source.write;
  const turn = turnField === null ? null : (record.fields[turnField] ?? null);
  return turn !== null || record.handoffKeys.size > 0;
}

/**
 * Whether routing may go on. A new epoch is somebody's wish and asks no more than that the lead is not suppressed,
 * except that leads whose owner has left stay as they are in protected statuses (RE27).
 */
function isReady({ record, epoch }: LeadCase, ruling: QualificationRuling | null): boolean {
  if (record.fields['IsConverted'] === true) return false;
  if (epoch.cause === 'initial') {
    return ruling === null || (ruling.outcome === 'qualified' && ruling.heldBack !== 'human_change');
  }
  if (ruling?.outcome === 'suppressed') return false;
  return epoch.cause !== 'owner_deactivated' || ruling?.isProtected !== true;
}

/** Second half: takes turns in the order of the rulings, oldest lead first. The caller keeps the states. */
export function giveLeads(
  judged: readonly LeadRuling[],
  rules: RoutingRules,
  states: PoolStates,
  facts: RouteFacts,
  frame: RuleFrame,
  now: Instant,
): LeadRulings {
  const current = new Map(states);
  const changed = new Map<string, PoolState>();
  for (const { lead, assignment } of judged) {
    if (assignment !== null) facts.duplicates.note(asDuplicate(lead, assignment.ownerId));
  }
  const rulings = judged.map((ruling): LeadRuling => {
    if (!needsTurn(ruling)) return ruling;
    const input = routeInputOf(ruling, current, facts, frame);
    const route = decideRoute(rules, input, now);
    const basis = keepBasis(input, route);
    for (const [pool, state] of route.states) {
      current.set(pool, state);
      changed.set(pool, state);
    }
    if (route.result === 'waiting') return { ...ruling, kind: 'waiting', route, basis };
    const assignment = assignmentOf(route, frame.directory, now);
    if (assignment !== null) {
      // The next lead of the batch sees this one as given: the same person stays with it (RE5), and it counts (R16).
      facts.duplicates.note(asDuplicate(ruling.lead, assignment.ownerId));
      facts.loads.add(assignment.ownerId);
    }
    return { ...ruling, route, basis, assignment };
  });
  return { rulings, states: changed };
}

/** What routing is to be asked about one lead. */
export function routeInputOf(
  { lead, qualification }: Pick<LeadRuling, 'lead' | 'qualification'>,
  states: PoolStates,
  facts: RouteFacts,
  { directory }: RuleFrame,
): RouteInput {
  const { fields } = lead.record;
  return {
    id: lead.id,
    fields,
    reading: lead.reading,
    owner: ownerOf(lead, directory),
    cause: lead.epoch.cause,
    duplicates: facts.duplicates.of(fields['Email']),
    accounts: facts.accounts.of(lead.reading.fields),
    previousAssignees: lead.previousAssignees,
    refused: refusedBy(lead.memory),
    states,
    world: { users: directory.users, loads: facts.loads.byPool },
    qualification,
  };
}

/** The pools as they were when they were asked: later leads of the batch change what members carry. */
function keepBasis({ duplicates, accounts, states, world }: RouteInput, { asked }: RouteRuling): RouteBasis {
  const pools = asked.map((name): [string, PoolBasis] => [
    name,
    { state: states.get(name) ?? EMPTY_POOL_STATE, loads: new Map(world.loads.get(name)) },
  ]);
  return { duplicates, accounts, pools: new Map(pools) };
}

function asDuplicate({ id, record }: LeadCase, ownerId: string): DuplicateCandidate {
  const { Email: email = null, CreatedDate: created } = record.fields;
  return {
    object: 'Lead',
    id,
    email: typeof email === 'string' ? email : null,
    ownerId,
    isOpen: true,
    createdAt: readInstant(String(created)),
    touchedAt: null,
  };
}

/** Ids of the users whom the org did not let own the lead in this epoch (R14). */
export function refusedBy(memory: Memory | null): readonly string[] {
  const refused = memory?.['refused'];
  return Array.isArray(refused) ? refused.map(String) : [];
}

/** The instant at which the lead has to be looked at again though nothing changes; null when there is none. */
export function wakeAt({ qualification, route }: LeadRuling): Instant | null {
  const instants = [qualification?.holdUntil, qualification?.heldBackUntil, route?.waitUntil];
  const known = instants.filter((at): at is Instant => typeof at === 'number');
  return known.length === 0 ? null : Math.min(...known);
}

/** When we routed the lead, as the org shows it in the field that `routing.set` stamps; null when it shows nothing. */
export function routedAt({ record }: LeadCase, rules: RoutingRules): Instant | null {
  const stamp = stampField(rules);
  const shown = stamp === null ? null : record.fields[stamp];
  return typeof shown === 'string' ? readInstant(shown) : null;
}

function assignmentOf(route: RouteRuling, directory: Directory, at: Instant): Assignment | null {
  const ownerId =
    route.owner?.kind === 'user'
      ? route.owner.user.id
      : (directory.queuesByName.get(route.owner?.queue.toLowerCase() ?? '')?.id ?? null);
  if (ownerId === null) return null;
  const { reason, territory, pool, turn } = route;
  const facts = { ownerId, route: route.route ?? 'fallback', reason, territory, pool, turn, at };
  return { ...facts, isConfirmed: false, isHandedOff: false };
}

function ownerOf({ record }: LeadCase, directory: Directory): LeadOwner | null {
  const id = record.fields['OwnerId'];
  if (typeof id !== 'string') return null;
  const queue = directory.queuesById.get(id);
  return queue === undefined ? { kind: 'user', id } : { kind: 'queue', queue: queue.developerName };
}

/** The outcome that stood at the last look. */
export function readOutcome(
  memory: Memory | null,
): { readonly outcome: Outcome; readonly group: string | null } | null {
  return (memory?.['outcome'] ?? null) as { readonly outcome: Outcome; readonly group: string | null } | null;
}

/** A number that was remembered, mostly an instant. */
export function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
