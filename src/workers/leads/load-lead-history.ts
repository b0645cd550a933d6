import { readInstant, type Instant } from '../../domain/instant.ts';
import type { Fields, Row } from '../../domain/record.ts';
import { quoteList, selectWhere, soqlInstant } from '../../poll/soql.ts';
import type { Query } from '../../ports.ts';
import type { Predicate } from '../../rules/conditions/compile-condition.ts';
import type { SlaRules } from '../../rules/sla/compile-sla.ts';
import { describeHistory, HISTORY_FIELDS } from '../../rules/sla/lead-history.ts';
import { readTouch, type Activity, type Touch } from '../../rules/sla/read-touch.ts';
import { askTogether } from '../ask-together.ts';
import type { LeadPass } from './lead-pass.ts';

/** A lead whose past is asked for. */
export type LeadPast = { readonly id: string; readonly ownerId: string | null; readonly assignedAt: Instant | null };

/**
 * What the rules of qualification and of territories ask of the leads' past (F13), by lead: one call for up to 1,000
 * leads, and none where no rule asks.
 */
export async function loadLeadHistory(
  leads: readonly LeadPast[],
  { taken, salesforce, signal, at }: LeadPass,
): Promise<ReadonlyMap<string, Fields>> {
  const { qualification, routing, sla } = taken.rulebook;
  const territorial = routing?.rules.tests.map(({ field }) => field) ?? [];
  const read = new Set([...(qualification?.rules.fields ?? []), ...territorial]);
  const asked = new Set(HISTORY_FIELDS.filter((name) => read.has(name)));
  if (asked.size === 0 || leads.length === 0) return new Map();
  const asksTouches = sla !== null && (asked.has('sla.touches') || asked.has('last_touch'));
  const asksResponses = asked.has('sla.responses') || asked.has('response.source');

  const ids = quoteList(leads.map(({ id }) => id));
  const touchQueries = asksTouches ? activityQueries(ids, sla.rules, at) : [];
  const responseQueries = asksResponses ? [responseQuery(ids)] : [];
  const answers = await askTogether([...touchQueries, ...responseQueries], salesforce, signal);
  const activities = touchQueries.flatMap(({ object }, index) =>
    (answers[index] ?? []).map((fields): Activity => ({ object, fields })),
  );
  const activitiesOf = Map.groupBy(activities, ({ fields }) => String(fields['WhoId']));
  const responsesOf = Map.groupBy(answers[touchQueries.length] ?? [], (row) => String(row['LeadId']));
  return new Map(
    leads.map(({ id, ownerId, assignedAt }) => {
      const owner = taken.directory.users.byId.get(ownerId ?? '')?.username ?? null;
      const touches = (activitiesOf.get(id) ?? []).flatMap((activity): readonly Touch[] => {
        const touch = sla === null ? null : readTouch(sla.rules.touch, activity, () => owner, at);
        return touch === null ? [] : [touch];
      });
      const responses = (responsesOf.get(id) ?? []).map(readResponse);
      return [id, describeHistory({ assignedAt, touches, responses }, sla?.rules ?? null)];
    }),
  );
}

const OF_TASKS = ['CompletedDateTime', 'TaskSubtype'];
const OF_EVENTS = ['StartDateTime'];
const OF_BOTH = ['WhoId', 'Subject', 'CreatedDate', 'Owner.Username', 'CreatedBy.Username'];

function activityQueries(
  ids: string,
  { touch }: SlaRules,
  now: Instant,
): readonly (Query & { readonly object: Activity['object'] })[] {
  const { Task: tasks, Event: events } = touch.counts;
  const taskWhere = `WhoId IN (${ids}) AND IsClosed = true AND CompletedDateTime != null`;
  const eventWhere = `WhoId IN (${ids}) AND StartDateTime <= ${soqlInstant(now)}`;
  return [
    ...(tasks === null ? [] : [{ object: 'Task' as const, soql: selectWhere('Task', columnsOf(OF_TASKS, tasks), taskWhere) }]), // oxfmt-ignore
    ...(events === null ? [] : [{ object: 'Event' as const, soql: selectWhere('Event', columnsOf(OF_EVENTS, events), eventWhere) }]), // oxfmt-ignore
  ];
}

function columnsOf(own: readonly string[], { fields }: Predicate): readonly string[] {
  return [...new Set([...OF_BOTH, ...own, ...fields])];
}

function responseQuery(ids: string): Query {
  const where = `LeadId IN (${ids}) AND HasResponded = true AND FirstRespondedDate != null`;
  return { soql: selectWhere('CampaignMember', ['LeadId', 'SystemModstamp', 'Campaign.Name'], where) };
}

/** The day of a response is known, its time is when the org recorded it. */
function readResponse(row: Row): { readonly at: Instant; readonly source: string } {
  return { at: readInstant(String(row['SystemModstamp'])), source: String(row['Campaign.Name'] ?? '') };
}
