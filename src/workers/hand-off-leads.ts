import type { Assignment } from '../rules/routing/assignment.ts';
import { assigneeCalendar } from '../rules/routing/assignee-calendar.ts';
import { handoffKey, planHandoff } from '../rules/routing/plan-handoff.ts';
import type { RoutingRules } from '../rules/routing/routing-rules.ts';
import type { StepName } from '../rules/routing/schema.ts';
import { routedAt, routeLead, type LeadRuling } from './decide-leads.ts';
import type { LeadPass } from './lead-pass.ts';
import { noFacts } from './load-route-facts.ts';
import { isRecent } from './turns.ts';
import type { Creation, Fate } from './write-back.ts';

/** The task that the new owner gets, also when an earlier attempt stopped between the owner and the task. */
export function handoffOf(ruling: LeadRuling, fate: Fate | undefined, pass: LeadPass): readonly Creation[] {
  const { taken, at } = pass;
  const rules = taken.rulebook.routing?.rules;
  const keyField = taken.rulebook.source.write.task_key;
  const { lead } = ruling;
  const key = handoffKey(lead.id, lead.epoch.number);
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
      epoch: lead.epoch.number,
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
  { taken, at }: LeadPass,
): Assignment | null {
  const { lead, kind, assignment } = ruling;
  if (kind === 'given') return fate?.kind === 'applied' || fate?.kind === 'withheld' ? assignment : null;
  if (kind === 'ours') return assignment?.isHandedOff === false ? assignment : null;
  if (kind !== 'owned' || assignment !== null || lead.memory !== null) return null;
  // Redis has lost the assignment: the org shows that we routed the lead lately, and no task about it was ever made.
  const since = routedAt(lead, rules);
  if (since === null || !isRecent(since, at)) return null;
  const { route, reason, territory, pool } = routeLead(
    { ...ruling, lead: { ...lead, epoch: { ...lead.epoch, cause: 'manual' } } },
    rules,
    new Map(),
    noFacts(),
    taken,
    at,
  );
  const ownerId = String(lead.record.fields['OwnerId']);
  const facts = { ownerId, route: route ?? 'fallback', reason, territory, pool, turn: null, at: since };
  return { ...facts, isConfirmed: true, isHandedOff: false };
}
