import type { Fields } from '../../domain/record.ts';
import type { Instant } from '../../domain/instant.ts';
import { outcomesToKeep } from '../../rules/conditions/hidden-tests.ts';
import { findTerritory } from '../../rules/routing/decide-route.ts';
import { sharedKeys } from '../../rules/routing/match-account.ts';
import { findNamedAccount, type NamedAccount } from '../../rules/routing/named-accounts.ts';
import { memberState } from '../../rules/routing/pools/state.ts';
import type { RoutingRules } from '../../rules/routing/routing-rules.ts';
import { findUser } from '../../rules/routing/users.ts';
import {
  numberOrNull,
  readOutcome,
  refusedBy,
  type LeadRuling,
  type RouteBasis,
  type RuleFrame,
} from './decide-leads.ts';
import type { LeadInput, LeadModule } from './lead-input.ts';

/** Which of the configuration's references to users mean a user, by user id. */
export type Naming = ReadonlyMap<string, readonly number[]>;

/** Looks every reference up once for a whole batch. */
export function nameUsers({ rulebook, directory }: RuleFrame): Naming {
  const naming = new Map<string, number[]>();
  for (const [place, reference] of (rulebook.routing?.rules.users ?? []).entries()) {
    const id = findUser(directory.users, reference)?.id;
    if (id !== undefined) naming.set(id, [...(naming.get(id) ?? []), place]);
  }
  return naming;
}

/**
 * Everything that a ruling rests on (F39), as `replayLead` takes it. The lead's fields stand beside it in clear: whoever
 * keeps it hides those of `log.redact`.
 */
export function recordLead(
  ruling: LeadRuling,
  module: LeadModule,
  naming: Naming,
  frame: RuleFrame,
  now: Instant,
): Readonly<Record<string, unknown>> {
  const { lead, basis } = ruling;
  const { reading, memory, epoch, assignment, revert } = lead;
  const { qualification, routing, hidden } = frame.rulebook;
  const tests = [...(qualification?.rules.tests ?? []), ...(routing?.rules.tests ?? [])];
  const input: LeadInput = {
    module,
    geo: { ...reading.geo, findings: [...reading.geo.findings] },
    value_findings: [...reading.findings],
    conditions: outcomesToKeep(tests, reading.fields, hidden, now),
    named_domain: namedAccountOf(lead.reading.fields, routing?.rules)?.domain ?? null,
    previous_outcome: readOutcome(memory),
    held_since: numberOrNull(memory?.['held_since']),
    status_set_by_person_at: lead.personSetStatusAt,
    is_hand_raise: lead.isHandRaise,
    epoch,
    assignment,
    revert,
    refused: [...refusedBy(memory)],
    previous_assignees: [...lead.previousAssignees],
    is_known: memory !== null,
    handoffs: [...lead.record.handoffKeys],
    users: recordUsers(ruling, naming, frame, now),
    queues: recordQueues(ruling, frame),
    route:
      module !== 'routing' || basis === null || routing === null
        ? null
        : recordRoute(basis, ruling, routing.rules, frame, now),
  };
  return { ...reading.fields, ...input };
}

function recordRoute(
  { duplicates, accounts, pools }: RouteBasis,
  { route, lead }: LeadRuling,
  rules: RoutingRules,
  { directory, rulebook }: RuleFrame,
  now: Instant,
): LeadInput['route'] {
  return {
    duplicates: duplicates.map(({ object, id, email, ownerId, isOpen, createdAt, touchedAt }) => ({
      object,
      id,
      Email: email,
      owner_id: ownerId,
      is_open: isOpen,
      created_at: createdAt,
      touched_at: touchedAt,
    })),
    accounts: accounts.map(({ id, ownerId, fields }) => {
      const conditions = {
        ...outcomesToKeep(rules.accounts?.where.tests ?? [], fields, rulebook.hidden, now),
        ...(rules.accounts === null ? {} : sharedKeys(rules.accounts, lead.reading.fields, fields)),
      };
      return { id, owner_id: ownerId, fields, conditions };
    }),
    pools: Object.fromEntries(
      [...pools].map(([name, { state, loads }]) => {
        const members = rules.pools.get(name)!.members.flatMap((member) => {
          const id = findUser(directory.users, member.user)?.id;
          if (id === undefined) return [];
          const { cw, lastAt } = memberState(state, id);
          const { open = 0, today = 0 } = loads.get(id) ?? {};
          const out = route?.skipped.find(({ pool, user }) => pool === name && user === member.user)?.reason ?? null;
          return [[id, { cw, last_at: lastAt, open, today, out }] as const];
        });
        return [name, { turns: state.turns, members: Object.fromEntries(members) }];
      }),
    ),
  };
}

/** Every user on whom the ruling could depend: whose leads are taken, who has it or had it, who could get it. */
function recordUsers(
  { lead, basis }: LeadRuling,
  naming: Naming,
  { rulebook, directory }: RuleFrame,
  now: Instant,
): LeadInput['users'] {
  const { fields } = lead.reading;
  const { users } = directory;
  const rules = rulebook.routing?.rules;
  const owner = fields['OwnerId'];
  const override = fields[rules?.recordOverride?.field ?? ''];
  const overrideId = typeof override === 'string' ? findUser(users, override)?.id : undefined;
  const references = [
    owner,
    lead.epoch.from,
    lead.assignment?.ownerId,
    overrideId,
    ...(rules === undefined ? [] : referencesIn(lead.reading, rules, now)),
    ...(basis?.duplicates ?? []).map(({ ownerId }) => ownerId),
    ...(basis?.accounts ?? []).map(({ ownerId }) => ownerId),
    ...[...(basis?.pools.keys() ?? [])].flatMap(
      (pool) => rules?.pools.get(pool)?.members.map(({ user }) => user) ?? [],
    ),
  ];
  const found = references.flatMap((reference) => {
    const user = typeof reference === 'string' ? findUser(users, reference) : null;
    return user === null ? [] : [user];
  });
  return Object.fromEntries(
    found.map(({ id, isActive }) => [
      id,
      { is_active: isActive, named: [...(naming.get(id) ?? [])], is_override: id === overrideId },
    ]),
  );
}

function referencesIn(reading: LeadRuling['lead']['reading'], rules: RoutingRules, now: Instant): readonly string[] {
  const { assign } = findTerritory(rules, reading, now);
  const named = namedAccountOf(reading.fields, rules);
  const targets = [...(rules.intake ?? []), ...rules.fallback, ...(assign === null ? [] : [assign])];
  return [
    ...targets.flatMap((target) => (target.kind === 'user' ? [target.user] : [])),
    ...(named?.owner == null ? [] : [named.owner]),
  ];
}

function namedAccountOf(fields: Fields, rules: RoutingRules | undefined): NamedAccount | null {
  return rules?.namedAccounts == null ? null : findNamedAccount(rules.namedAccounts, fields);
}

/** The queue that owns it, and the one that gets it. */
function recordQueues({ lead, route }: LeadRuling, { directory }: RuleFrame): LeadInput['queues'] {
  const owner = directory.queuesById.get(String(lead.reading.fields['OwnerId']));
  const target =
    route?.owner?.kind === 'queue' ? directory.queuesByName.get(route.owner.queue.toLowerCase()) : undefined;
  const queues = [owner, target].filter((queue) => queue !== undefined);
  return Object.fromEntries(queues.map(({ id, developerName }) => [developerName, id]));
}
