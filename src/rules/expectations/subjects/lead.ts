import type { Instant } from '../../../domain/instant.ts';
import type { Fields } from '../../../domain/record.ts';
import { scopeDefaults } from '../../contact-roles/scope-defaults.ts';
import { decideQualification } from '../../qualification/decide-qualification.ts';
import type { Outcome } from '../../qualification/qualification-rules.ts';
import type { QualificationRuling } from '../../qualification/qualification-ruling.ts';
import { decideRoute } from '../../routing/decide-route.ts';
import { quietWorld } from '../../routing/quiet-world.ts';
import type { LeadOwner } from '../../routing/route-input.ts';
import type { RouteRuling } from '../../routing/route-ruling.ts';
import type { RoutingRules } from '../../routing/routing-rules.ts';
import type { OwnerTarget } from '../../routing/target.ts';
import type { Rulebook } from '../../rulebook.ts';
import { withoutSection } from '../subject.ts';
import type { Answer, TestOf } from '../subject.ts';
import { findReference } from '../user-names.ts';

/** What a lead is found to be and, when it is qualified or nothing qualifies leads, who gets it. */
export function askLead(test: TestOf<'lead'>, rulebook: Rulebook, now: Instant): Answer {
  const { qualification, routing } = rulebook;
  if (qualification === null && routing === null) return withoutSection('qualification, nor routing');
  const { previous_outcome: previous, open_leads: openLeads, ...given } = test.lead;
  const fields: Fields = { ...leadDefaults(rulebook), ...given };
  const ruling =
    qualification === null
      ? null
      : decideQualification(
          qualification.rules,
          {
            fields,
            previousOutcome: previous === null ? null : { outcome: previous as Outcome, group: null },
            heldSince: null,
          },
          now,
        );
  const isRouted = ruling === null || ruling.outcome === 'qualified';
  const route = isRouted && routing !== null ? decide(routing.rules, fields, { openLeads, ruling, now }) : null;
  return {
    values: {
      outcome: ruling?.outcome ?? null,
      reason: ruling?.reason ?? null,
      points: ruling?.points ?? null,
      territory: route?.territory ?? null,
      route: route?.route ?? null,
      pool: route?.pool ?? null,
      owner: route === null ? ownerOf(ruling?.owner ?? null) : assigneeOf(route),
      wait_until: route?.waitUntil ?? null,
      set: { ...ruling?.set, ...route?.set },
      findings: [...new Set([...(ruling?.findings ?? []), ...(route?.findings ?? [])])],
    },
  };
}

/** A lead of the tests is new unless it says otherwise. */
function leadDefaults({ source }: Rulebook): Fields {
  const { Status } = scopeDefaults(source.qualification?.scope ?? {});
  return { IsConverted: false, ...(Status === undefined ? {} : { Status }) };
}

type Circumstances = {
  readonly openLeads: Readonly<Record<string, number>>;
  readonly ruling: QualificationRuling | null;
  readonly now: Instant;
};

function decide(rules: RoutingRules, fields: Fields, { openLeads, ruling, now }: Circumstances): RouteRuling {
  const override = fields[rules.recordOverride?.field ?? ''];
  const counts = Object.entries(openLeads).map(([name, open]) => [findReference(rules.users, name), open] as const);
  const world = quietWorld(rules, {
    openLeads: Object.fromEntries(counts),
    others: typeof override === 'string' ? [override] : [],
  });
  return decideRoute(
    rules,
    {
      id: null,
      fields,
      owner: readOwner(rules, fields['OwnerId']),
      cause: 'initial',
      duplicates: [],
      accounts: [],
      previousAssignees: [],
      refused: [],
      states: new Map(),
      world,
      qualification: ruling === null ? null : { reason: ruling.reason, points: ruling.points },
    },
    now,
  );
}

/** `queue:Name`, the name of a queue of `intake`, or a user. Nobody is intake (R22). */
function readOwner(rules: RoutingRules, owner: Fields[string] | undefined): LeadOwner | null {
  if (typeof owner !== 'string' || owner === '') return null;
  const queue = owner.replace(/^queue:/, '');
  const isQueue = queue !== owner || rules.intake?.some((taken) => taken.kind === 'queue' && taken.queue === owner);
  return isQueue === true ? { kind: 'queue', queue } : { kind: 'user', id: findReference(rules.users, owner) };
}

function assigneeOf({ owner }: RouteRuling): string | null {
  return owner?.kind === 'user' ? owner.user.username : ownerOf(owner);
}

function ownerOf(owner: OwnerTarget | null): string | null {
  if (owner === null) return null;
  return owner.kind === 'queue' ? `queue:${owner.queue}` : owner.user;
}
