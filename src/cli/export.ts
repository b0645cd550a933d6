import { parseArgs } from 'node:util';

import { openDesk, type Desk } from '../app/open-desk.ts';
import { AppError } from '../domain/error.ts';
import type { Fields } from '../domain/record.ts';
import type { ContactRoleRules } from '../rules/contact-roles/compile-contact-roles.ts';
import type { Candidate } from '../rules/contact-roles/opportunity-view.ts';
import { suggestContacts } from '../rules/contact-roles/suggest-contacts.ts';
import { loadCandidates } from '../workers/opportunities/load-candidates.ts';
import { contactFieldsOf } from '../workers/opportunities/suggest-people.ts';
import { surveyCommittees, type Surveyed } from '../workers/opportunities/survey-committees.ts';
import { EXIT, type Command } from './command.ts';
import { writeCsvLine, type Cell } from './write-csv.ts';

const HELP = `rolecall export target
rolecall export suppress --from-stage STAGE

Writes CSV to the standard output, and nothing to the org.

  target    one row per missing or unengaged role of an open opportunity, with the best suggestion and its evidence
  suppress  the living committee members of open opportunities at or past a stage, to be left out of nurture mail`;

export const EXPORT: Command = {
  name: 'export',
  summary: 'write whom to go for next, or whom to leave out of nurture mail, as CSV',
  help: HELP,
  async run(args, { env, signal, terminal }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { 'from-stage': { type: 'string' } },
      allowPositionals: true,
    });
    const [what, ...rest] = positionals;
    const stage = values['from-stage'];
    if ((what !== 'target' && what !== 'suppress') || rest.length > 0) throw usage('name target or suppress');
    if (what === 'suppress' && stage === undefined) throw usage('suppress needs --from-stage STAGE');
    if (what === 'target' && stage !== undefined) throw usage('target takes no --from-stage');
    await using desk = await openDesk(env, 'reports', signal);
    const rules = desk.frame.rulebook.contactRoles?.rules;
    if (rules === undefined) throw usage('the configuration has no contact_roles, or they are off');
    const rank = stage === undefined ? null : rules.stages.rankOf(stage);
    if (stage !== undefined && rank === null) throw usage(`"${stage}" is not a stage of the org`);
    const surveyed = await surveyCommittees('IsClosed = false', rules, { ...desk, signal });
    const lines = rank === null ? await targetRows(surveyed, rules, desk, signal) : suppressRows(surveyed, rules, rank);
    for (const line of lines) terminal.out(writeCsvLine(line));
    return EXIT.ok;
  },
};

const TARGET_HEADER = [
  'opportunity_id',
  'opportunity',
  'account',
  'owner',
  'stage',
  'amount',
  'close_date',
  'gap',
  'role',
  'contact_id',
  'contact',
  'title',
  'score',
  'evidence',
];

async function targetRows(
  surveyed: readonly Surveyed[],
  rules: ContactRoleRules,
  { frame, salesforce }: Desk,
  signal: AbortSignal,
): Promise<readonly (readonly Cell[])[]> {
  const lacking = surveyed.filter(({ ruling }) => ruling.missingRoles.length > 0 || ruling.notEngaged.length > 0);
  const lines: (readonly Cell[])[] = [TARGET_HEADER];
  for (let from = 0; from < lacking.length; from += BATCH) {
    const batch = lacking.slice(from, from + BATCH);
    const seekers = batch.map(({ view }) => ({ id: view.id, accountId: textOf(view.fields['AccountId']) }));
    const fields = contactFieldsOf(frame.columns.role);
    const candidates = await loadCandidates(seekers, fields, salesforce, signal);
    for (const each of batch)
      lines.push(...targetsOf(each, candidates.get(each.view.id) ?? [], rules, salesforce.now()));
  }
  return lines;
}

/** Accounts of so many opportunities have few enough people to be read at once. */
const BATCH = 200;

function targetsOf(
  { view, ruling }: Surveyed,
  candidates: readonly Candidate[],
  rules: ContactRoleRules,
  now: number,
): readonly (readonly Cell[])[] {
  const suggestions = suggestContacts(rules, { ...view, candidates }, ruling, now);
  const contacts = new Map(candidates.map(({ contactId, contact }) => [contactId, contact]));
  const { fields } = view;
  const deal = ['Name', 'Account.Name', 'Owner.Name', 'StageName', 'Amount', 'CloseDate'].map(
    (name) => fields[name] ?? null,
  );
  const missing = ruling.missingRoles.map((role): readonly Cell[] => {
    const best = suggestions.find((suggestion) => suggestion.role === role);
    const person = personOf(contacts.get(best?.contactId ?? ''));
    const evidence = best?.evidence.map(({ source, at }) => (at === null ? source : `${source} ${day(at)}`)) ?? [];
    return [
      view.id,
      ...deal,
      'missing',
      role,
      best?.contactId ?? null,
      ...person,
      best?.score ?? null,
      evidence.join('; '),
    ];
  });
  const unengaged = ruling.notEngaged.map((role): readonly Cell[] => {
    const holder = view.roles.find(
      (row) => row.role !== null && rules.roleOf(row.role) === role && row.contact !== null,
    );
    return [
      view.id,
      ...deal,
      'not_engaged',
      role,
      holder?.contactId ?? null,
      ...personOf(holder?.contact ?? undefined),
      null,
      null,
    ];
  });
  return [...missing, ...unengaged];
}

/** Each person once, with the opportunities that they are on. */
function suppressRows(
  surveyed: readonly Surveyed[],
  { stages }: ContactRoleRules,
  fromRank: number,
): readonly (readonly Cell[])[] {
  const late = surveyed.filter(({ view }) => (stages.rankOf(String(view.fields['StageName'] ?? '')) ?? -1) >= fromRank);
  const people = new Map<string, { readonly contact: Fields; readonly deals: string[] }>();
  for (const { view, ruling } of late) {
    for (const contactId of ruling.liveContacts) {
      const contact = view.roles.find((row) => row.contactId === contactId)?.contact ?? {};
      const known = people.get(contactId) ?? { contact, deals: [] };
      known.deals.push(view.id);
      people.set(contactId, known);
    }
  }
  const rows = [...people].map(([id, { contact, deals }]): readonly Cell[] => [
    id,
    contact['Name'] ?? null,
    contact['Email'] ?? null,
    deals.join('; '),
  ]);
  return [['contact_id', 'contact', 'email', 'opportunity_ids'], ...rows];
}

function personOf(contact: Fields | undefined): readonly Cell[] {
  return [contact?.['Name'] ?? null, contact?.['Title'] ?? null];
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function textOf(value: Fields[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function usage(message: string): AppError {
  return new AppError({ code: 'usage', recovery: 'fix-config', message, mend: 'see rolecall export --help' });
}
