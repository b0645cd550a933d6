import { parseArgs } from 'node:util';

import { openDesk, type Desk } from '../app/open-desk.ts';
import { AppError } from '../domain/error.ts';
import { writeInstant, type Instant } from '../domain/instant.ts';
import type { ContactRoleRules } from '../rules/contact-roles/compile-contact-roles.ts';
import type { CurrencyRates } from '../rules/reports/currency.ts';
import { statusFlag } from '../rules/contact-roles/read-status-flag.ts';
import { reportContactRoles, type ContactRoleReport } from '../rules/reports/contact-role-report.ts';
import { loadCurrencyRates } from '../workers/load-currency-rates.ts';
import { loadResponses } from '../workers/load-responses.ts';
import { surveyCommittees } from '../workers/opportunities/survey-committees.ts';
import { EXIT, type Command } from './command.ts';
import { writeCsvLine, type Cell } from './write-csv.ts';

const HELP = `rolecall report contact-roles [--since 30d] [--format text|json|csv]

How the buying committees stand: coverage by stage, owner and record type, roles not engaged yet, open opportunities
with nobody, the campaigns that touched a committee in the 90 days before its opportunity or since, and opportunities
that closed without their committee since then. Amounts of several currencies are converted into the corporate one, at
the rate of the close date. Writes nothing to the org.`;

const FORMATS = ['text', 'json', 'csv'] as const;

export const REPORT: Command = {
  name: 'report',
  summary: 'show the figures of the buying committees',
  help: HELP,
  async run(args, { env, signal, terminal }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { since: { type: 'string', default: '30d' }, format: { type: 'string', default: 'text' } },
      allowPositionals: true,
    });
    const [name = 'contact-roles', ...rest] = positionals;
    if (name !== 'contact-roles' || rest.length > 0) throw usage(`"${positionals.join(' ')}" is no report`);
    const format = FORMATS.find((known) => known === values.format);
    if (format === undefined) throw usage(`--format is "${values.format}", write one of ${FORMATS.join(', ')}`);
    const days = /^([1-9]\d{0,3})d$/.exec(values.since)?.[1];
    if (days === undefined) throw usage(`--since is "${values.since}", write a number of days like 30d`);

    await using desk = await openDesk(env, 'reports', signal);
    const rules = desk.frame.rulebook.contactRoles?.rules;
    if (rules === undefined) throw usage('the configuration has no contact_roles, or they are off');
    const asOf = desk.salesforce.now();
    const rates = await loadCurrencyRates(desk.salesforce, signal);
    const report = await readReport(rules, rates, asOf - Number(days) * 86_400_000, desk, signal);
    const currency = rates?.corporate ?? null;
    for (const line of print(report, currency, asOf, format)) terminal.out(line);
    return EXIT.ok;
  },
};

async function readReport(
  rules: ContactRoleRules,
  rates: CurrencyRates | null,
  since: Instant,
  desk: Desk,
  signal: AbortSignal,
): Promise<ContactRoleReport> {
  const world = { ...desk, hasCurrencies: rates !== null, signal };
  const open = await surveyCommittees('IsClosed = false', rules, world);
  const contacts = [...new Set(open.flatMap(({ ruling }) => ruling.liveContacts))];
  const responses = await loadResponses(contacts, desk.salesforce, signal);
  // The flag of a closed opportunity is frozen as it was at its close (CE15); without one, nobody on it is what shows.
  const flag = statusFlag(rules);
  const closed = `IsClosed = true AND CloseDate >= ${writeInstant(since).slice(0, 10)}`;
  const lost = await surveyCommittees(flag === null ? closed : `${closed} AND ${flag} = 'violation'`, rules, world);
  const without = flag === null ? lost.filter(({ ruling }) => ruling.liveContacts.length === 0) : lost;
  return reportContactRoles(open, without, responses, rates);
}

/** @param currency  of the amounts; null where the org has but one */
function print(
  report: ContactRoleReport,
  currency: string | null,
  asOf: Instant,
  format: (typeof FORMATS)[number],
): readonly string[] {
  if (format === 'json') {
    return [JSON.stringify({ report: 'contact-roles', as_of: writeInstant(asOf), currency, ...report })];
  }
  const rows = rowsOf(report);
  if (format === 'csv') return [['section', 'group', 'metric', 'value'], ...rows].map(writeCsvLine);
  const sections = Map.groupBy(rows, ([section]) => section);
  return [
    `contact-roles, as of ${writeInstant(asOf)}${currency === null ? '' : `, amounts in ${currency}`}`,
    ...[...sections].flatMap(([section, own]) => ['', section, ...printGroups(own)]),
  ];
}

type ReportRow = readonly [section: string, group: string, metric: string, value: Cell];

/** What tells which group a figure is of. */
const NAMES = new Set(['group', 'role', 'campaign', 'campaign_id', 'currency', 'finding']);

/** Every figure of the report on a line of its own. */
function rowsOf(report: ContactRoleReport): readonly ReportRow[] {
  return Object.entries(report).flatMap(([section, held]): readonly ReportRow[] =>
    (Array.isArray(held) ? held : [held]).flatMap((entry: Readonly<Record<string, Cell>>) => {
      const group = String(entry['group'] ?? entry['role'] ?? entry['campaign'] ?? entry['currency'] ?? '');
      const metrics = Object.entries(entry).filter(([name]) => !NAMES.has(name));
      return metrics.map(([metric, value]): ReportRow => [section, group, metric, value]);
    }),
  );
}

function printGroups(rows: readonly ReportRow[]): readonly string[] {
  return [...Map.groupBy(rows, ([, group]) => group)].map(([group, own]) => {
    const figures = own.map(([, , metric, value]) => `${metric} ${printValue(metric, value)}`);
    return `  ${group.padEnd(28)}  ${figures.join('   ')}`;
  });
}

/** A rate of nothing is no 0 % (K5). */
function printValue(metric: string, value: Cell): string {
  if (value === null) return '–';
  const isRate = metric === 'mean_coverage' || metric === 'compliant';
  return isRate ? `${Math.round(Number(value) * 100)} %` : Number(value).toLocaleString('en-US');
}

function usage(message: string): AppError {
  return new AppError({ code: 'usage', recovery: 'fix-config', message, mend: 'see rolecall report --help' });
}
