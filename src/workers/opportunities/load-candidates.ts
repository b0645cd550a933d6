import { readInstant, type Instant } from '../../domain/instant.ts';
import type { Row } from '../../domain/record.ts';
import { quoteList, selectWhere, soqlInstant } from '../../poll/soql.ts';
import type { Query, Salesforce } from '../../ports.ts';
import type { Candidate, Evidence } from '../../rules/contact-roles/opportunity-view.ts';

/** An opportunity that looks for people, and its account; null when it has none. */
export type Seeker = { readonly id: string; readonly accountId: string | null };

const DAY = 86_400_000;
/** The newest of each kind are enough for a handful of suggestions: a page of activities, five pages of contacts. */
const MOST_ACTIVITIES = 2_000;
const MOST_CONTACTS = 10_000;
const CONTACT_FIELDS = ['AccountId', 'Name', 'Title'];

/**
 * Who could be suggested for opportunities, with what speaks for each (C20): contacts of their accounts, contacts seen
 * in their activities, and those who came with a converted lead. One composite call for a batch, and a second one when
 * people of other accounts were seen.
 * @param contactFields  what the rules name of a contact, without the prefix `Contact.`
 * @returns by opportunity; one without candidates has an empty list
 */
export async function loadCandidates(
  seekers: readonly Seeker[],
  contactFields: readonly string[],
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Candidate[]>> {
  if (seekers.length === 0) return new Map();
  const now = salesforce.now();
  const accounts = [...new Set(seekers.flatMap(({ accountId }) => accountId ?? []))];
  const fields = [...CONTACT_FIELDS, ...contactFields];
  const [leads = [], tasks = [], events = [], responses = [], colleagues = []] = await salesforce.queryTogether(
    [...traceQueries(seekers, accounts, now), ...accountQueries(accounts, fields, now)],
    signal,
  );
  const traces = [
    ...leads.map(readConversion),
    ...tasks.map((row) => readActivity(row, 'CompletedDateTime')),
    ...events.map((row) => readActivity(row, 'EndDateTime')),
  ].filter((trace) => trace !== null);
  const contacts = new Map(colleagues.map((row) => [String(row['Id']), row]));

  const strangers = [...new Set(traces.map(({ contactId }) => contactId))].filter((id) => !contacts.has(id));
  const [others = [], othersResponses = []] =
    strangers.length === 0 ? [] : await salesforce.queryTogether(strangerQueries(strangers, fields, now), signal);
  for (const row of others) contacts.set(String(row['Id']), row);

  const known: Known = {
    contacts: [...contacts.values()],
    traces: Map.groupBy(traces, ({ contactId }) => contactId),
    responses: Map.groupBy([...responses, ...othersResponses], (row) => String(row['ContactId'])),
  };
  return new Map(seekers.map((seeker) => [seeker.id, candidatesOf(seeker, known)]));
}

/** What a person did: `opportunityId` and `accountId` tell what it was about. */
type Trace = {
  readonly contactId: string;
  readonly opportunityId: string | null;
  readonly accountId: string | null;
  readonly kind: 'meeting' | 'email' | 'other' | 'conversion';
  readonly at: Instant;
};

type Known = {
  readonly contacts: readonly Row[];
  readonly traces: ReadonlyMap<string, readonly Trace[]>;
  readonly responses: ReadonlyMap<string, readonly Row[]>;
};

function candidatesOf({ id, accountId }: Seeker, { contacts, traces, responses }: Known): readonly Candidate[] {
  return contacts.flatMap((row) => {
    const contactId = String(row['Id']);
    const own = traces.get(contactId) ?? [];
    const isAtHome = accountId !== null && row['AccountId'] === accountId;
    if (!isAtHome && !own.some(({ opportunityId }) => opportunityId === id)) return [];
    const evidence = [
      ...own.flatMap((trace) => readEvidence(trace, id, accountId)),
      ...(responses.get(contactId) ?? []).flatMap((response) => readResponse(response)),
    ];
    return [{ contactId, contact: row, evidence }];
  });
}

/** A meeting about the deal also is activity of the account: each source counts once (C20). */
function readEvidence(trace: Trace, opportunityId: string, accountId: string | null): readonly Evidence[] {
  const evidence: Evidence[] = [];
  const { at } = trace;
  if (trace.opportunityId === opportunityId) {
    if (trace.kind === 'conversion') return [{ source: 'converted_lead', at }];
    if (trace.kind === 'meeting') evidence.push({ source: 'meeting_on_opportunity', at });
    if (trace.kind === 'email') evidence.push({ source: 'email_on_opportunity', at });
  }
  if (trace.kind !== 'conversion' && accountId !== null && trace.accountId === accountId) {
    evidence.push({ source: 'account_activity_30d', at });
  }
  return evidence;
}

function readResponse(row: Row): readonly Evidence[] {
  const at = readAt(row['FirstRespondedDate']);
  return at === null ? [] : [{ source: 'campaign_response_90d', at }];
}

function traceQueries(seekers: readonly Seeker[], accounts: readonly string[], now: Instant): readonly Query[] {
  const ids = quoteList(seekers.map(({ id }) => id));
  const about = (when: string): string => {
    if (accounts.length === 0) return `WhatId IN (${ids})`;
    const lately = soqlInstant(now - 30 * DAY);
    return `(WhatId IN (${ids}) OR (AccountId IN (${quoteList(accounts)}) AND ${when} >= ${lately}))`;
  };
  const activity = ['WhoId', 'WhatId', 'AccountId'];
  return [
    {
      soql: selectWhere(
        'Lead',
        ['ConvertedContactId', 'ConvertedOpportunityId', 'ConvertedDate'],
        `IsConverted = true AND ConvertedOpportunityId IN (${ids})`,
      ),
    },
    newest(
      selectWhere(
        'Task',
        [...activity, 'TaskSubtype', 'CompletedDateTime'],
        `IsClosed = true AND WhoId != null AND ${about('CompletedDateTime')}`,
      ),
      'CompletedDateTime',
    ),
    newest(
      selectWhere(
        'Event',
        [...activity, 'EndDateTime'],
        `WhoId != null AND EndDateTime <= ${soqlInstant(now)} AND ${about('EndDateTime')}`,
      ),
      'EndDateTime',
    ),
  ];
}

function newest(soql: string, when: string, most: number = MOST_ACTIVITIES): Query {
  return { soql: `${soql} ORDER BY ${when} DESC NULLS LAST LIMIT ${most}` };
}

function accountQueries(accounts: readonly string[], fields: readonly string[], now: Instant): readonly Query[] {
  if (accounts.length === 0) return [];
  const ids = quoteList(accounts);
  return [
    responseQuery(`Contact.AccountId IN (${ids})`, now),
    newest(selectWhere('Contact', fields, `AccountId IN (${ids})`), 'LastActivityDate', MOST_CONTACTS),
  ];
}

function strangerQueries(contactIds: readonly string[], fields: readonly string[], now: Instant): readonly Query[] {
  const ids = quoteList(contactIds);
  return [{ soql: selectWhere('Contact', fields, `Id IN (${ids})`) }, responseQuery(`ContactId IN (${ids})`, now)];
}

function responseQuery(whose: string, now: Instant): Query {
  const since = soqlInstant(now - 90 * DAY).slice(0, 10);
  const where = `${whose} AND HasResponded = true AND FirstRespondedDate >= ${since}`;
  return newest(selectWhere('CampaignMember', ['ContactId', 'FirstRespondedDate'], where), 'FirstRespondedDate');
}

function readActivity(row: Row, when: 'CompletedDateTime' | 'EndDateTime'): Trace | null {
  const at = readAt(row[when]);
  const contactId = row['WhoId'];
  // Whoever is no contact is a lead.
  if (at === null || typeof contactId !== 'string' || !contactId.startsWith('003')) return null;
  const kind = when === 'EndDateTime' ? 'meeting' : row['TaskSubtype'] === 'Email' ? 'email' : 'other';
  return { contactId, opportunityId: idOf(row['WhatId']), accountId: idOf(row['AccountId']), kind, at };
}

function readConversion(row: Row): Trace | null {
  const at = readAt(row['ConvertedDate']);
  const contactId = idOf(row['ConvertedContactId']);
  if (at === null || contactId === null) return null;
  return { contactId, opportunityId: idOf(row['ConvertedOpportunityId']), accountId: null, kind: 'conversion', at };
}

function idOf(value: Row[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** A date counts from its beginning in UTC. */
function readAt(value: Row[string] | undefined): Instant | null {
  if (typeof value !== 'string') return null;
  return readInstant(value.length === 10 ? `${value}T00:00:00Z` : value);
}
