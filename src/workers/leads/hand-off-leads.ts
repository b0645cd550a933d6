import type { User } from '../../domain/record.ts';
import type { Assignment } from '../../rules/routing/assignment.ts';
import { assigneeCalendar } from '../../rules/routing/assignee-calendar.ts';
import { decideRoute } from '../../rules/routing/decide-route.ts';
import { handoffKey, planHandoff, tellsActivities } from '../../rules/routing/plan-handoff.ts';
import type { Activity } from '../../rules/routing/recent-activities.ts';
import type { RoutingRules } from '../../rules/routing/routing-rules.ts';
import type { StepName } from '../../rules/routing/schema.ts';
import { routedAt, routeInputOf, type LeadRuling } from './decide-leads.ts';
import type { LeadPass } from './lead-pass.ts';
import { loadActivities } from './load-activities.ts';
import { noFacts } from './load-route-facts.ts';
import { isRecent } from './turns.ts';
import { triesOf } from '../settle.ts';
import { standOf } from '../stand.ts';
import type { Creation, Fate } from '../write-back.ts';

/** The tasks that new owners get, also when an earlier attempt stopped between the owner and the task. */
export async function handoffsOf(
  rulings: readonly LeadRuling[],
  fates: ReadonlyMap<string, Fate>,
  pass: LeadPass,
): Promise<readonly Creation[]> {
  const rules = pass.taken.rulebook.routing?.rules;
  if (rules === undefined || rules.handoff.task === null) return [];
  const handoffs = rulings.flatMap((ruling) => findHandoff(ruling, fates.get(ruling.lead.id), rules, pass));
  const ids = handoffs.map(({ ruling }) => ruling.lead.id);
  const activities = tellsActivities(rules) ? await loadActivities(ids, pass) : new Map<string, readonly Activity[]>();
  return handoffs.flatMap((handoff) => planTask(handoff, activities.get(handoff.ruling.lead.id) ?? [], rules, pass));
}

type Handoff = {
  readonly ruling: LeadRuling;
  readonly assignment: Assignment;
  readonly user: User;
  /** Whether we have just written the lead. */
  readonly isWritten: boolean;
};

function findHandoff(
  ruling: LeadRuling,
  fate: Fate | undefined,
  rules: RoutingRules,
  pass: LeadPass,
): readonly Handoff[] {
  const { lead } = ruling;
  if (lead.record.handoffKeys.has(handoffKey(lead.id, lead.epoch.number))) return [];
  // Whoever converted it took it over: the org refuses tasks about it, and one it had would stay with it for ever (I15).
  if (lead.record.fields['IsConverted'] === true) return [];
  const assignment = handoffAssignment(ruling, fate, rules, pass);
  const user = assignment === null ? undefined : pass.taken.directory.users.byId.get(assignment.ownerId);
  return assignment === null || user === undefined
    ? []
    : [{ ruling, assignment, user, isWritten: fate?.kind === 'applied' }];
}

function planTask(
  { ruling, assignment, user, isWritten }: Handoff,
  activities: readonly Activity[],
  rules: RoutingRules,
  { taken, at, salesforce }: LeadPass,
): readonly Creation[] {
  const { lead } = ruling;
  const keyField = taken.rulebook.source.write.task_key;
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
      activities,
      keyField,
    },
    at,
  );
  const key = handoffKey(lead.id, lead.epoch.number);
  if (task === null || keyField === null) return [];
  const stand = standOf(fields, isWritten, salesforce.userId());
  const sharing = { parent: lead.id, tries: triesOf(lead.memory) };
  return [{ module: 'routing', about: lead.id, key, fields: task, stand, ...sharing }];
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
  const input = routeInputOf(ruling, new Map(), noFacts(), taken);
  const { route, reason, territory, pool } = decideRoute(rules, { ...input, cause: 'manual' }, at);
  const ownerId = String(lead.record.fields['OwnerId']);
  const facts = { ownerId, route: route ?? 'fallback', reason, territory, pool, turn: null, at: since };
  return { ...facts, isConfirmed: true, isHandedOff: false };
}
