import type { Assignment } from '../rules/routing/assignment.ts';
import type { Instant } from '../domain/instant.ts';
import { readInstant } from '../domain/instant.ts';
import type { Memory } from '../ports.ts';
import { decideQualification } from '../rules/qualification/decide-qualification.ts';
import type { Outcome } from '../rules/qualification/qualification-rules.ts';
import type { QualificationRuling } from '../rules/qualification/qualification-ruling.ts';
import { decideRoute } from '../rules/routing/decide-route.ts';
import { isIntake } from '../rules/routing/is-intake.ts';
import type { PoolStates } from '../rules/routing/pools/state.ts';
import type { LeadOwner, RouteCause } from '../rules/routing/route-input.ts';
import type { RouteRuling } from '../rules/routing/route-ruling.ts';
import type { RoutingRules } from '../rules/routing/routing-rules.ts';
import type { LeadRecord } from './load-leads.ts';
import type { Directory } from './read-org.ts';
import type { Frame } from './work-world.ts';

/** A lead as one batch found it. */
export type LeadCase = {
  readonly id: string;
  readonly record: LeadRecord;
  readonly memory: Memory | null;
  /** Who gets it in this epoch, from an earlier look; null when nobody was chosen yet. */
  readonly assignment: Assignment | null;
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
};

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
export function judgeLeads(
  cases: readonly LeadCase[],
  { rulebook, directory }: Frame,
  now: Instant,
): readonly LeadRuling[] {
  const routing = rulebook.routing?.rules ?? null;
  const qualification = rulebook.qualification?.rules ?? null;
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
              previousOutcome: readOutcome(lead.memory),
              heldSince: numberOrNull(lead.memory?.['held_since']),
              isRouted: assignment?.isConfirmed ?? false,
            },
            now,
          );
    const known = { lead, qualification: ruling, route: null, assignment };
    if (assignment !== null && assignment.ownerId === fields['OwnerId']) return { ...known, kind: 'ours' };
    if (routing !== null && !isIntake(routing, ownerOf(lead, directory), directory.users)) {
      return { ...known, kind: 'owned' };
    }
    if (assignment?.isConfirmed === true) return { ...known, kind: 'settled' };
    const isReady = ruling === null ? fields['IsConverted'] !== true : ruling.outcome === 'qualified';
    return { ...known, kind: routing !== null && isReady ? 'given' : 'judged' };
  });
}

/** Second half: takes turns in the order of the rulings, oldest lead first. The caller keeps the states. */
export function giveLeads(
  judged: readonly LeadRuling[],
  rules: RoutingRules,
  states: PoolStates,
  frame: Frame,
  now: Instant,
): LeadRulings {
  let changed: PoolStates = new Map();
  const rulings = judged.map((ruling): LeadRuling => {
    if (!needsTurn(ruling)) return ruling;
    const route = routeLead(ruling, rules, new Map([...states, ...changed]), frame, now, 'initial');
    changed = new Map([...changed, ...route.states]);
    if (route.result === 'waiting') return { ...ruling, kind: 'waiting', route };
    return { ...ruling, route, assignment: assignmentOf(route, frame.directory) };
  });
  return { rulings, states: changed };
}

/** Asks routing about one lead; takes no turn unless the caller keeps the states. */
export function routeLead(
  { lead, qualification }: LeadRuling,
  rules: RoutingRules,
  states: PoolStates,
  { directory }: Frame,
  now: Instant,
  cause: RouteCause,
): RouteRuling {
  return decideRoute(
    rules,
    {
      id: lead.id,
      fields: lead.record.fields,
      owner: ownerOf(lead, directory),
      cause,
      duplicates: [],
      accounts: [],
      previousAssignees: [],
      refused: refusedBy(lead.memory),
      states,
      world: { users: directory.users, loads: new Map() },
      qualification,
    },
    now,
  );
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
  const stamp = Object.entries(rules.set).find(([, template]) => template === '{now}')?.[0];
  const shown = stamp === undefined ? null : record.fields[stamp];
  return typeof shown === 'string' ? readInstant(shown) : null;
}

function assignmentOf(route: RouteRuling, directory: Directory): Assignment | null {
  const ownerId =
    route.owner?.kind === 'user'
      ? route.owner.user.id
      : (directory.queuesByName.get(route.owner?.queue.toLowerCase() ?? '')?.id ?? null);
  if (ownerId === null) return null;
  const { reason, territory, pool, turn } = route;
  const facts = { ownerId, route: route.route ?? 'fallback', reason, territory, pool, turn };
  return { ...facts, isConfirmed: false, isHandedOff: false };
}

function ownerOf({ record }: LeadCase, directory: Directory): LeadOwner | null {
  const id = record.fields['OwnerId'];
  if (typeof id !== 'string') return null;
  const queue = directory.queuesById.get(id);
  return queue === undefined ? { kind: 'user', id } : { kind: 'queue', queue: queue.developerName };
}

function readOutcome(memory: Memory | null): { readonly outcome: Outcome; readonly group: string | null } | null {
  return (memory?.['outcome'] ?? null) as { readonly outcome: Outcome; readonly group: string | null } | null;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
