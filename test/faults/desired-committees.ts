import { readStamp } from '../../src/sandbox/org-clock.ts';
import type { SandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import type { StoredRecord } from '../../src/sandbox/types.ts';
import type { Facts } from './checks/facts.ts';
import type { DesiredConfig, StageRule } from './desired-config.ts';

const DAY = 24 * 3_600_000;

/** What a deal must show of its committee; `status` lists what it may be, as grace may begin anew when Redis is lost. */
export type DesiredFlags = {
  readonly status: readonly (string | null)[];
  readonly coverage: string | null;
  readonly missing: string | null;
};

/** One role row, as far as it counts. */
type Member = { readonly contactId: string; readonly role: string | null; readonly isPrimary: boolean };

/** The rules of contact roles, written a second time for the present alone, the example, and stages that differ from it. */
export function desireFlags(sandbox: SandboxOrg, deal: StoredRecord, { stages }: DesiredConfig): DesiredFlags {
  const amount = deal['Amount'];
  if (typeof amount === 'number' && amount < 10_000) return { status: [null], coverage: null, missing: null };
  if (deal['OCR_Exempt__c'] === true) return { status: ['exempt'], coverage: null, missing: null };
  const closesIn = Date.parse(String(deal['CloseDate'])) - sandbox.clock.now();
  const rules = rulesUpTo(stages, closesIn < 14 * DAY ? 'Negotiation/Review' : String(deal['StageName']));
  if (rules.length === 0) return { status: ['not_applicable'], coverage: null, missing: null };
  const isSmall = typeof amount === 'number' && amount < 25_000;
  const items = itemsOf(rules, isSmall, liveMembers(sandbox, deal), engagedContacts(sandbox));
  const missing = items.flatMap(({ isThere, text }) => (isThere ? [] : [text]));
  return {
    status: missing.length === 0 ? ['compliant'] : ['warning', 'violation'],
    coverage: `${items.length - missing.length}/${items.length}`,
    missing: missing.length === 0 ? null : missing.join('; '),
  };
}

const STAGES = [
  'Prospecting',
  'Qualification',
  'Needs Analysis',
  'Value Proposition',
  'Id. Decision Makers',
  'Perception Analysis',
  'Proposal/Price Quote',
  'Negotiation/Review',
];

/** The rules of the stages that are reached; a stage that is not listed counts as the one before it (C2). */
function rulesUpTo(stages: readonly StageRule[], reached: string): readonly StageRule[] {
  return stages.filter(({ stage }) => STAGES.indexOf(stage) <= STAGES.indexOf(reached));
}

const ROLES: Readonly<Record<string, string>> = {
  'Economic Buyer': 'economic_buyer',
  Champion: 'champion',
  Influencer: 'champion',
  Evaluator: 'technical',
  Procurement: 'procurement',
  'Business User': 'user',
  Other: 'user',
};

function liveMembers({ org, clock }: SandboxOrg, deal: StoredRecord): readonly Member[] {
  const rows = org.all('OpportunityContactRole', (row) => row['OpportunityId'] === deal['Id']);
  const engaged = engagedContacts({ org, clock });
  return rows
    .filter((row) => {
      const contact = org.record(String(row['ContactId']));
      if (contact === undefined || contact['No_Longer_At_Company__c'] === true) return false;
      return !isBulk(row, rows) || engaged.has(String(row['ContactId']));
    })
    .map((row) => ({
      contactId: String(row['ContactId']),
      role: ROLES[String(row['Role'])] ?? null,
      isPrimary: row['IsPrimary'] === true,
    }));
}

/** Eight rows of one user within ten minutes (C19). */
function isBulk(row: StoredRecord, rows: readonly StoredRecord[]): boolean {
  const at = createdAt(row);
  const alike = rows.filter((other) => other['CreatedById'] === row['CreatedById']);
  return alike.some((first) => {
    const from = createdAt(first);
    const within = alike.filter((other) => createdAt(other) >= from && createdAt(other) <= from + 600_000);
    return within.length >= 8 && at >= from && at <= from + 600_000;
  });
}

function createdAt(row: StoredRecord): number {
  return readStamp(String(row['CreatedDate'])) ?? 0;
}

function engagedContacts({ org, clock }: Pick<SandboxOrg, 'org' | 'clock'>): ReadonlySet<string> {
  const done = org.all('Task', (task) => {
    const at = readStamp(String(task['CompletedDateTime'] ?? ''));
    return at !== null && at > clock.now() - 60 * DAY;
  });
  return new Set(done.map((task) => String(task['WhoId'])));
}

type Item = { readonly isThere: boolean; readonly text: string };

/** The items of C11, in the order in which `{missing}` lists them; small deals need no procurement and two people at most (C4). */
function itemsOf(
  rules: readonly StageRule[],
  isSmall: boolean,
  members: readonly Member[],
  engaged: ReadonlySet<string>,
): readonly Item[] {
  const isKept = (role: string): boolean => !(isSmall && role === 'procurement');
  const people = new Set(members.map(({ contactId }) => contactId)).size;
  const wanted = Math.max(...rules.map(({ min_contacts: least = 0 }) => least));
  const least = isSmall ? Math.min(2, wanted) : wanted;
  const required = [...new Set(rules.flatMap(({ require = [] }) => require))].filter(isKept);
  const filled = fillRoles(
    required,
    members,
    rules.some((rule) => rule.distinct_people === true),
  );
  const has = (role: string): boolean => members.some((member) => member.role === role);
  const isEngaged = (role: string): boolean =>
    members.some((member) => member.role === role && engaged.has(member.contactId));
  return [
    { isThere: people >= least, text: `contacts ${people}/${least}` },
    { isThere: members.some(({ isPrimary }) => isPrimary), text: 'primary' },
    ...required.map((role) => ({ isThere: filled.has(role), text: role })),
    ...rules
      .flatMap(({ any_of: sets = [] }) => sets)
      .map((set) => ({ isThere: set.some(has), text: set.join(' or ') })),
    ...rules
      .flatMap(({ engaged: roles = [] }) => roles)
      .filter(isKept)
      .map((role) => ({ isThere: isEngaged(role), text: `not engaged: ${role}` })),
  ];
}

/** Tries every way to give people roles; an earlier role is never given up for a later one (C8). */
function fillRoles(required: readonly string[], members: readonly Member[], isDistinct: boolean): ReadonlySet<string> {
  const held = (role: string): readonly string[] =>
    members.flatMap((member) => (member.role === role ? [member.contactId] : []));
  if (!isDistinct) return new Set(required.filter((role) => held(role).length > 0));
  const kept: string[] = [];
  for (const role of required) if (canFill([...kept, role], new Set())) kept.push(role);
  return new Set(kept);

  function canFill([role, ...others]: readonly string[], taken: ReadonlySet<string>): boolean {
    if (role === undefined) return true;
    return held(role).some((person) => !taken.has(person) && canFill(others, new Set([...taken, person])));
  }
}

/** I3: every open deal shows what the configuration in force desires of it. @returns one line per deal that does not */
export function undesiredFlags({ sandbox, scenario }: Facts): readonly string[] {
  if (!scenario.isJudged) return [];
  const { config } = scenario.configs.at(-1)!;
  return sandbox.org
    .all('Opportunity', (deal) => deal['IsClosed'] !== true)
    .flatMap((deal) => {
      const desired = desireFlags(sandbox, deal, config);
      const status = textOf(deal['Contact_Role_Status__c']);
      const coverage = textOf(deal['Contact_Role_Coverage__c']);
      const missing = textOf(deal['Missing_Contact_Roles__c']);
      const isRight = desired.status.includes(status) && coverage === desired.coverage && missing === desired.missing;
      const shown = `${String(status)} ${String(coverage)} ${String(missing)}`;
      const wanted = `${desired.status.join(' or ')} ${String(desired.coverage)} ${String(desired.missing)}`;
      return isRight ? [] : [`${String(deal['Name'])} shows ${shown}, not ${wanted}`];
    });
}

function textOf(value: StoredRecord[string] | undefined): string | null {
  return value === undefined || value === null ? null : String(value);
}
