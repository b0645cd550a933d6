import { inGroups } from '../../domain/in-groups.ts';
import { readInstant, type Instant } from '../../domain/instant.ts';
import type { Row } from '../../domain/record.ts';
import { quoteList, selectWhere, soqlInstant } from '../../poll/soql.ts';
import type { Query, Salesforce } from '../../ports.ts';

/** What only some opportunities of a batch have to be asked for. */
export type CloserLook = {
  /** Contacts on whose engagement a ruling hangs. */
  readonly contactIds: readonly string[];
  readonly engagedBy: readonly ('Task' | 'Event' | 'CampaignMember')[];
  /** The oldest engagement that counts. */
  readonly engagedSince: Instant;
  /** Opportunities whose stage entry only their history tells, with their stages (C12). */
  readonly stages: ReadonlyMap<string, string>;
};

export type CloserAnswer = {
  /** The newest engagement of each contact; one without any has no entry. */
  readonly engagedContacts: ReadonlyMap<string, Instant>;
  /** When the next event that is planned with each contact ends; one without any has no entry. */
  readonly plannedEngagements: ReadonlyMap<string, Instant>;
  /** When each opportunity came into its stage, by id; one whose history does not tell has no entry. */
  readonly stageEntries: ReadonlyMap<string, Instant>;
};

/** So many ids fit a query besides its other words: SOQL takes 100,000 characters. */
const MOST_CONTACTS = 3_000;

/**
 * Engagement of contacts (C10: a completed task, an event that is over, a campaign response) and entries into stages.
 * One composite call for each 3,000 contacts, none when nothing is asked.
 */
export async function loadCloserLook(
  look: CloserLook,
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<CloserAnswer> {
  const now = salesforce.now();
  const newest = new Map<string, Instant>();
  const planned = new Map<string, Instant>();
  const histories: Query[] = look.stages.size === 0 ? [] : [historyQuery([...look.stages.keys()])];
  const groups = look.engagedBy.length === 0 ? [] : inGroups([...new Set(look.contactIds)], MOST_CONTACTS);
  let stageEntries: ReadonlyMap<string, Instant> = new Map();
  for (const [index, contacts] of (groups.length === 0 ? [[]] : groups).entries()) {
    const sources = contacts.length === 0 ? [] : engagementSources(look, contacts, now);
    const queries = [...sources.map(({ query }) => query), ...(index === 0 ? histories : [])];
    if (queries.length === 0) continue;
    const answers = await salesforce.queryTogether(queries, signal);
    for (const [at, { who, when }] of sources.entries()) {
      for (const row of answers[at] ?? []) {
        const engagedAt = readEngagement(row[when]);
        if (engagedAt !== null && engagedAt > now) note(planned, String(row[who]), engagedAt, Math.min);
        else note(newest, String(row[who]), engagedAt, Math.max);
      }
    }
    const history = index === 0 ? answers[sources.length] : undefined;
    if (history !== undefined) stageEntries = readStageEntries(history, look.stages);
  }
  return { engagedContacts: newest, plannedEngagements: planned, stageEntries };
}

type Source = { readonly query: Query; readonly who: string; readonly when: string };

function engagementSources({ engagedBy, engagedSince }: CloserLook, ids: readonly string[], now: Instant) {
  const contacts = quoteList(ids);
  const from = soqlInstant(engagedSince);
  // An event that is still to come engages when it ends, and nothing else tells of that; but not a standing one for years.
  const ahead = soqlInstant(2 * now - engagedSince);
  const conditions = {
    Task: `WhoId IN (${contacts}) AND IsClosed = true AND CompletedDateTime >= ${from}`,
    Event: `WhoId IN (${contacts}) AND EndDateTime >= ${from} AND EndDateTime <= ${ahead}`,
    CampaignMember: `ContactId IN (${contacts}) AND HasResponded = true AND FirstRespondedDate >= ${from.slice(0, 10)}`,
  };
  const fields = {
    Task: ['WhoId', 'CompletedDateTime'],
    Event: ['WhoId', 'EndDateTime'],
    CampaignMember: ['ContactId', 'FirstRespondedDate'],
  } as const;
  return engagedBy.map((object): Source => {
    const [who, when] = fields[object];
    return { query: { soql: selectWhere(object, fields[object], conditions[object]) }, who, when };
  });
}

function historyQuery(ids: readonly string[]): Query {
  const fields = ['OpportunityId', 'StageName', 'CreatedDate'];
  const soql = selectWhere('OpportunityHistory', fields, `OpportunityId IN (${quoteList(ids)})`);
  return { soql: `${soql} ORDER BY CreatedDate DESC` };
}

/** The history has a row for each change of amount or date as well: the stay began with the oldest row of the present stage. */
function readStageEntries(rows: readonly Row[], stages: CloserLook['stages']): ReadonlyMap<string, Instant> {
  const entries = new Map<string, Instant>();
  const left = new Set<string>();
  for (const row of rows) {
    const id = String(row['OpportunityId']);
    if (left.has(id)) continue;
    if (row['StageName'] === stages.get(id)) entries.set(id, readInstant(String(row['CreatedDate'])));
    else left.add(id);
  }
  return entries;
}

function note(
  noted: Map<string, Instant>,
  contact: string,
  at: Instant | null,
  pick: (...instants: Instant[]) => Instant,
): void {
  if (at !== null) noted.set(contact, pick(at, noted.get(contact) ?? at));
}

/** A response has a date only: it counts from the start of that day in UTC. */
function readEngagement(value: Row[string] | undefined): Instant | null {
  if (typeof value !== 'string') return null;
  return readInstant(value.length === 10 ? `${value}T00:00:00Z` : value);
}
