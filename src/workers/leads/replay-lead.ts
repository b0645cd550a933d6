import type { Instant } from '../../domain/instant.ts';
import type { Fields, FieldValue, User } from '../../domain/record.ts';
import { NAMED_DOMAIN } from '../../rules/routing/named-accounts.ts';
import type { PoolStates } from '../../rules/routing/pools/state.ts';
import type { Users } from '../../rules/routing/users.ts';
import type { Rulebook } from '../../rules/rulebook.ts';
import { resultsOf } from './announce-leads.ts';
import { giveLeads, judgeLeads, needsTurn, type LeadCase, type RuleFrame } from './decide-leads.ts';
import { indexDuplicates } from './find-duplicates.ts';
import { LeadInput } from './lead-input.ts';
import type { RouteFacts } from './load-route-facts.ts';

/** A decision as the log keeps it. */
export type RecordedDecision = {
  readonly recordId: string;
  readonly at: Instant;
  /** As `recordLead` made it, hidden values as hashes. */
  readonly input: Readonly<Record<string, unknown>>;
};

/**
 * Decides again from what was recorded, with nothing but the rules of the same configuration (F39, F40).
 * @returns the result as the log tells it; null when the module says nothing of such a lead
 */
export function replayLead({ recordId, at, input }: RecordedDecision, rulebook: Rulebook) {
  const stored = LeadInput.parse(input);
  const frame: RuleFrame = { rulebook, directory: directoryOf(stored, input, rulebook) };
  const judged = judgeLeads([caseOf(recordId, stored, input)], frame, at);
  const { route } = stored;
  const rules = rulebook.routing?.rules;
  const { rulings } =
    route !== null && rules !== undefined && judged.some(needsTurn)
      ? giveLeads(judged, rules, statesOf(route), factsOf(route), frame, at)
      : { rulings: judged };
  return resultsOf(rulings[0]!, frame).find((told) => told.module === stored.module)?.result ?? null;
}

type Route = NonNullable<LeadInput['route']>;

function caseOf(id: string, stored: LeadInput, input: RecordedDecision['input']): LeadCase {
  const fields: Fields = {
    ...Object.fromEntries(Object.entries(input).filter((entry): entry is [string, FieldValue] => isValue(entry[1]))),
    ...stored.conditions,
    [NAMED_DOMAIN]: stored.named_domain,
  };
  const memory = { outcome: stored.previous_outcome, held_since: stored.held_since, refused: stored.refused };
  return {
    id,
    record: { fields, handoffKeys: new Set(stored.handoffs) },
    reading: { fields, geo: stored.geo, findings: stored.value_findings },
    memory: stored.is_known ? memory : null,
    epoch: stored.epoch,
    assignment: stored.assignment,
    previousAssignees: stored.previous_assignees,
    personSetStatusAt: stored.status_set_by_person_at,
    revert: stored.revert,
    isHandRaise: stored.is_hand_raise,
  };
}

function directoryOf({ users, queues }: LeadInput, input: RecordedDecision['input'], rulebook: Rulebook) {
  const rules = rulebook.routing?.rules;
  const override = input[rules?.recordOverride?.field ?? ''];
  const byId = new Map<string, User>();
  const byUsername = new Map<string, User>();
  for (const [id, { is_active: isActive, named, is_override: isOverride }] of Object.entries(users)) {
    const references = [...named.map((place) => rules?.users[place]), ...(isOverride ? [override] : [])];
    const names = references.filter((reference): reference is string => typeof reference === 'string');
    const user: User = { id, username: names[0] ?? id, email: null, isActive, managerId: null, timeZone: null };
    byId.set(id, user);
    for (const name of names) byUsername.set(name.trim().toLowerCase(), user);
  }
  const found: Users = { byId, byUsername, byEmail: new Map() };
  const listed = Object.entries(queues).map(([developerName, id]) => ({ id, developerName, objects: null }));
  return {
    users: found,
    queues: listed,
    queuesById: new Map(listed.map((queue) => [queue.id, queue])),
    queuesByName: new Map(listed.map((queue) => [queue.developerName.toLowerCase(), queue])),
  };
}

function factsOf({ duplicates, accounts, pools }: Route): RouteFacts {
  const candidates = accounts.map(({ id, owner_id: ownerId, fields, conditions }) => {
    return { id, ownerId, fields: { ...fields, ...conditions } };
  });
  const loads = Object.entries(pools).map(([name, { members }]) => {
    return [name, new Map(Object.entries(members).map(([id, { open, today }]) => [id, { open, today }]))] as const;
  });
  return {
    duplicates: indexDuplicates(
      duplicates.map(({ Email: email, object, id, ...rest }) => {
        const { owner_id: ownerId, is_open: isOpen, created_at: createdAt, touched_at: touchedAt } = rest;
        return { object, id, email, ownerId, isOpen, createdAt, touchedAt };
      }),
    ),
    accounts: { of: () => candidates },
    loads: { byPool: new Map(loads), add: () => undefined },
  };
}

function statesOf({ pools }: Route): PoolStates {
  return new Map(
    Object.entries(pools).map(([name, { turns, members }]) => {
      const states = Object.entries(members).map(([id, { cw, last_at: lastAt }]) => [id, { cw, lastAt }] as const);
      return [name, { turns, members: Object.fromEntries(states) }];
    }),
  );
}

function isValue(value: unknown): value is FieldValue {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
