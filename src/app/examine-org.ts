import { judgeRights, type Finding } from '../config/judge-rights.ts';
import { checkLive } from '../config/live.ts';
import type { Loaded } from '../config/load.ts';
import { modeOf } from '../config/mode.ts';
import { neededRights } from '../config/needed-rights.ts';
import { hasErrors, printProblem, sortProblems } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import type { ApiUsage } from '../domain/api-budget.ts';
import type { Salesforce } from '../ports.ts';
import { readAutomation } from './read-automation.ts';
import { readOrgFacts } from './read-org-facts.ts';
import { readRights, readSetup } from './read-rights.ts';

/** What the doctor finds; of what is not wrong only the notes. */
export type Examination = {
  readonly userId: string;
  readonly usage: ApiUsage | null;
  readonly findings: readonly Finding[];
};

/** Looks at an org that lets us in with the eyes of a configuration without errors. Writes nothing. */
export async function examineOrg(
  config: Config,
  loaded: Loaded,
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<Examination> {
  const needed = neededRights(config);
  const { facts } = await readOrgFacts(config, salesforce, signal);
  const problems = sortProblems(checkLive(config, loaded.located, facts));
  const held = await readRights(needed, salesforce, signal);
  const written = [...needed.objects].flatMap(([object, rights]) =>
    rights.has('create') || rights.has('edit') ? [object] : [],
  );
  return {
    userId: salesforce.userId(),
    findings: [
      ...problems.map((problem): Finding => {
        const isError = hasErrors([problem]);
        return { kind: isError ? 'missing' : 'warning', message: printProblem(problem), mend: null };
      }),
      ...judgeRights(needed, held),
      ...(await findHiddenContacts(config, salesforce, signal)),
      ...(await readAutomation(written, salesforce, signal)),
      ...judgeUsage(config, salesforce.usage()),
    ],
    usage: salesforce.usage(),
  };
}

/** People on open deals whom the integration user may not see do not count (CE5): their deals look worse than they are. */
async function findHiddenContacts(
  config: Config,
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  if (modeOf(config, ['contact_roles']) === 'off') return [];
  const soql = `SELECT Id FROM OpportunityContactRole WHERE Opportunity.IsClosed = false AND Contact.Id = null LIMIT ${MOST}`;
  const rows = await readSetup(soql, salesforce, signal);
  if (rows === null || rows.length === 0) return [];
  const many = rows.length === MOST ? `${MOST} or more` : String(rows.length);
  return [
    {
      kind: 'warning',
      message: `${many} contact roles on open opportunities lead to contacts that the integration user may not see: nobody there counts`,
      mend: 'grant view all on Contact in a permission set of the integration user',
    },
  ];
}

/** More need not be counted to know that something is wrong. */
const MOST = 200;

function judgeUsage({ api_budget: { keep_free: keepFree } }: Config, usage: ApiUsage | null): readonly Finding[] {
  if (usage === null || usage.limit - usage.used >= usage.limit * keepFree) return [];
  const percent = Math.round(keepFree * 100);
  return [
    {
      kind: 'warning',
      message: `the org has used ${usage.used} of its ${usage.limit} API calls: less than api_budget.keep_free, ${percent}%, are left`,
      mend: 'until calls are given back only routing and SLA may call; find out who calls so much, or raise the allocation',
    },
  ];
}
