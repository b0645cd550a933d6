import { createHash } from 'node:crypto';

import { readInstant, type Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import { quoteList, selectWhere, soqlInstant } from '../../poll/soql.ts';
import type { Memory, State } from '../../ports.ts';
import { fold } from '../../rules/text/fold.ts';
import { askTogether } from '../ask-together.ts';
import type { LeadCase, LeadRuling } from './decide-leads.ts';
import type { LeadPass } from './lead-pass.ts';
import type { Frame } from '../work-world.ts';

/** Under which the latest `rolecall requalify` is kept, beside the assignments. */
const REQUALIFIED = 'requalified';

/** Has leads that changed since then judged by the rules as they are, at their next look. */
export async function requestRequalification(since: Instant, now: Instant, by: string, state: State): Promise<void> {
  const request = { since, asked_at: now, by };
  await state.commitTurns({ expected: new Map(), states: new Map(), assignments: new Map([[REQUALIFIED, request]]) });
}

/** What a state has to answer so that no lead is held back by `withoutChangedRules`: a plan shows what would move (QE13). */
export const REQUALIFY_ALL: ReadonlyMap<string, Memory> = new Map([
  [REQUALIFIED, { since: 0, asked_at: Number.MAX_SAFE_INTEGER }],
]);

/**
 * The leads that are to be looked at. A change of the configuration alone moves no lead (Q8, QE13): one whose outcome
 * stands is left as it is while nothing of it has changed but the rules, until `rolecall requalify` asks for it. Such
 * looks come from echoes of our own writes, and from polls that read the last minutes once more.
 */
export async function withoutChangedRules(cases: readonly LeadCase[], pass: LeadPass): Promise<readonly LeadCase[]> {
  const settled = new Set(cases.filter((lead) => isSettled(lead, pass)).map(({ id }) => id));
  if (settled.size === 0) return cases;
  const [request = null] = await pass.state.assignments([REQUALIFIED]);
  const unasked = cases.filter((lead) => settled.has(lead.id) && !isRequested(lead, request));
  const answered = await findAnswered(unasked, pass);
  const left = new Set(unasked.filter(({ id }) => !answered.has(id)).map(({ id }) => id));
  return cases.filter(({ id }) => !left.has(id));
}

/**
 * The leads that have answered a campaign since they were judged: that is news (Q8) which leaves no trace on the lead.
 * One call, and only for leads whose rules have changed.
 */
async function findAnswered(leads: readonly LeadCase[], pass: LeadPass): Promise<ReadonlySet<string>> {
  if (leads.length === 0) return new Set();
  const judgedAt = new Map(leads.map(({ id, memory }) => [id, startOfSecond(Number(memory?.['judged_at'] ?? 0))]));
  const where =
    `LeadId IN (${quoteList([...judgedAt.keys()])}) AND HasResponded = true` +
    ` AND SystemModstamp >= ${soqlInstant(Math.min(...judgedAt.values()))}`;
  const soql = selectWhere('CampaignMember', ['LeadId', 'SystemModstamp'], where);
  const [answers = []] = await askTogether([{ soql }], pass.salesforce, pass.signal);
  const fresh = answers.filter((row) => {
    return readInstant(String(row['SystemModstamp'])) >= judgedAt.get(String(row['LeadId']))!;
  });
  return new Set(fresh.map((row) => String(row['LeadId'])));
}

/** Stamps of the org tell whole seconds. */
function startOfSecond(at: Instant): Instant {
  return at - (at % 1000);
}

/** What is remembered of a lead that was judged, so that a later look can tell whether only the rules have changed. */
export function rememberJudgement(ruling: LeadRuling, { taken, at }: LeadPass): Memory {
  const { lead, kind, qualification } = ruling;
  const { OwnerId: owner = null } = lead.record.fields;
  const wanted = kind === 'judged' && qualification?.isRepeat === false ? qualification.owner : null;
  const given = wanted?.kind === 'queue' ? taken.directory.queuesByName.get(wanted.queue.toLowerCase())?.id : undefined;
  return {
    config_hash: taken.configHash,
    judged_at: at,
    seen: fingerprint(lead.record.fields, taken),
    owner: given ?? owner,
  };
}

/** Outcomes after which nothing is pending. */
const FINAL: ReadonlySet<unknown> = new Set(['nurture', 'disqualified', 'suppressed', 'out_of_scope']);

function isSettled({ memory, record, epoch }: LeadCase, { taken }: LeadPass): boolean {
  if (memory === null || epoch.isWanted || memory['config_hash'] === taken.configHash) return false;
  // What came to nothing the last time is still to be done.
  if (memory['tries'] !== undefined) return false;
  const outcome = memory['outcome'] as { readonly outcome?: unknown } | null | undefined;
  const { Status: status, OwnerId: owner = null } = record.fields;
  return (
    FINAL.has(outcome?.outcome) &&
    memory['owner'] === owner &&
    typeof status === 'string' &&
    fold(String(memory['status'])) === fold(status) &&
    memory['seen'] === fingerprint(record.fields, taken)
  );
}

function isRequested({ memory, record }: LeadCase, request: Memory | null): boolean {
  if (request === null || Number(request['asked_at']) < Number(memory?.['judged_at'])) return false;
  const { LastModifiedDate: changed } = record.fields;
  return typeof changed !== 'string' || readInstant(changed) >= Number(request['since']);
}

/** A short mark of everything that is read of a lead, but for what we write and what writing moves. */
function fingerprint(fields: Fields, { rulebook }: Frame): string {
  const { qualification, routing, write } = rulebook.source;
  const outcomes = Object.values(qualification?.outcomes ?? {}).flatMap((effect) => Object.keys(effect?.set ?? {}));
  const ours = new Set([
    ...outcomes,
    ...Object.keys(routing?.set ?? {}),
    ...(write.turn_key === null ? [] : [write.turn_key]),
    'OwnerId',
    'Status',
    'LastModifiedById',
    'LastModifiedDate',
  ]);
  const read = Object.entries(fields)
    .filter(([field, value]) => !ours.has(field) && value !== null)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(read)).digest('hex').slice(0, 16);
}
