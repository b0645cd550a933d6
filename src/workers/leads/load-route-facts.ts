import type { Row } from '../../domain/record.ts';
import type { Query } from '../../ports.ts';
import type { RoutingRules } from '../../rules/routing/routing-rules.ts';
import { fold } from '../../rules/text/fold.ts';
import { askTogether } from '../ask-together.ts';
import { planLoads, RESERVED_FOR, type Loads } from './count-loads.ts';
import type { LeadCase } from './decide-leads.ts';
import {
  accountQueries,
  countsOpportunities,
  indexAccounts,
  opportunityQuery,
  type Accounts,
} from './find-accounts.ts';
import { duplicateQueries, indexDuplicates, readDuplicate, type Duplicates } from './find-duplicates.ts';
import type { LeadPass } from './lead-pass.ts';
import type { Frame } from '../work-world.ts';

/** What routing has to know of the org besides the leads themselves. */
export type RouteFacts = { readonly duplicates: Duplicates; readonly accounts: Accounts; readonly loads: Loads };

/** For a route that is only explained. */
export function noFacts(): RouteFacts {
  return {
    duplicates: indexDuplicates([]),
    accounts: { of: () => [] },
    loads: { byPool: new Map(), add: () => undefined },
  };
}

/** Most groups of one answer with `GROUP BY`. */
const GROUPS = 2_000;

/**
 * Reads who else is the same person, whose company it is, and what everybody carries, for the leads that need a turn:
 * one or two calls as a rule, however many leads.
 */
export async function loadRouteFacts(
  leads: readonly LeadCase[],
  rules: RoutingRules,
  pass: LeadPass,
): Promise<RouteFacts> {
  const { taken, salesforce, signal, at, state, turns } = pass;
  const { users } = taken.directory;
  const fields = leads.map(({ reading }) => reading.fields);

  const byAddress = duplicateQueries(fields, rules);
  const byCompany = accountQueries(fields, rules, taken.columns.account);
  const loads = planLoads(rules, users, taken.columns.groupable, at);
  const queries: Query[] = [...byAddress, ...byCompany, ...loads.queries];
  const answers = await askTogether(queries, salesforce, signal);
  const rest = [...answers];
  const next = (count: number): readonly (readonly Row[])[] => rest.splice(0, count);

  const duplicates = byAddress.flatMap(({ object }) =>
    next(1).flatMap((rows) => rows.map((row) => readDuplicate(object, row, closedStatuses(taken)))),
  );
  const accounts = next(byCompany.length).flat();
  const stored = await state.assignmentsSince(at - RESERVED_FOR);
  return {
    duplicates: indexDuplicates(duplicates),
    accounts: indexAccounts(accounts, await countOpportunities(accounts, rules, pass), rules),
    loads: loads.read(rest, stored, turns.scope),
  };
}

async function countOpportunities(
  accounts: readonly Row[],
  rules: RoutingRules,
  { salesforce, signal }: LeadPass,
): Promise<ReadonlyMap<string, number>> {
  const ids = [...new Set(accounts.map((row) => String(row['Id'])))];
  if (ids.length < 2 || !countsOpportunities(rules)) return new Map();
  const queries: Query[] = [];
  for (let first = 0; first < ids.length; first += GROUPS) {
    queries.push(opportunityQuery(ids.slice(first, first + GROUPS)));
  }
  const rows = (await askTogether(queries, salesforce, signal)).flat();
  return new Map(rows.map((row) => [String(row['AccountId']), Number(row['opportunities'])]));
}

/** The status that a disqualified lead gets: nobody works on such a lead (R3, "open"). */
function closedStatuses({ rulebook }: Frame): ReadonlySet<string> {
  const status = rulebook.source.qualification?.outcomes.disqualified?.set['Status'];
  return new Set(typeof status === 'string' ? [fold(status)] : []);
}
