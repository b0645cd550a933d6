import { readInstant } from '../../domain/instant.ts';
import type { Row } from '../../domain/record.ts';
import { quoteList, selectWhere, soqlInstant } from '../../poll/soql.ts';
import type { Activity } from '../../rules/routing/recent-activities.ts';
import type { LeadPass } from './lead-pass.ts';

/** Of each kind the newest so many of a whole batch are read: one page, so that history costs one call. */
const MOST = 2_000;

/**
 * What happened lately with leads that are handed over: completed tasks but for our own, meetings that are over, answers
 * to campaigns (R21). One call for up to 1,000 leads; a lead without any has no entry.
 */
export async function loadActivities(
  leadIds: readonly string[],
  { salesforce, signal, at, taken }: LeadPass,
): Promise<ReadonlyMap<string, readonly Activity[]>> {
  if (leadIds.length === 0) return new Map();
  const ids = quoteList(leadIds);
  const { task_key: ourKey } = taken.rulebook.source.write;
  const notOurs = ourKey === null ? '' : ` AND ${ourKey} = null`;
  const tasks = selectWhere('Task', ['WhoId', 'Subject', 'TaskSubtype', 'CompletedDateTime'], `WhoId IN (${ids}) AND IsClosed = true AND CompletedDateTime != null${notOurs}`); // oxfmt-ignore
  const events = selectWhere('Event', ['WhoId', 'Subject', 'EndDateTime'], `WhoId IN (${ids}) AND EndDateTime <= ${soqlInstant(at)}`); // oxfmt-ignore
  const answers = selectWhere('CampaignMember', ['LeadId', 'Campaign.Name', 'FirstRespondedDate'], `LeadId IN (${ids}) AND HasResponded = true AND FirstRespondedDate != null`); // oxfmt-ignore
  const [calls = [], meetings = [], responses = []] = await salesforce.queryTogether(
    [
      { soql: newest(tasks, 'CompletedDateTime') },
      { soql: newest(events, 'EndDateTime') },
      { soql: newest(answers, 'FirstRespondedDate') },
    ],
    signal,
  );
  const found = [
    ...calls.map((row) => entry(row, 'WhoId', 'CompletedDateTime', String(row['TaskSubtype'] ?? 'Task'), 'Subject')),
    ...meetings.map((row) => entry(row, 'WhoId', 'EndDateTime', 'Meeting', 'Subject')),
    ...responses.map((row) => entry(row, 'LeadId', 'FirstRespondedDate', 'Response', 'Campaign.Name')),
  ];
  const byLead = Map.groupBy(found, ({ leadId }) => leadId);
  return new Map([...byLead].map(([leadId, own]) => [leadId, own.map(({ activity }) => activity)]));
}

function newest(soql: string, by: string): string {
  return `${soql} ORDER BY ${by} DESC LIMIT ${MOST}`;
}

function entry(row: Row, who: string, when: string, kind: string, what: string) {
  const text = String(row[when]);
  // A response has only a day.
  const at = readInstant(text.length === 10 ? `${text}T00:00:00Z` : text);
  const activity: Activity = { at, kind, what: String(row[what] ?? '') };
  return { leadId: String(row[who]), activity };
}
