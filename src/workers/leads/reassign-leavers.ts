import type { Row } from '../../domain/record.ts';
import { quoteList, selectWhere } from '../../poll/soql.ts';
import type { Query, State } from '../../ports.ts';
import { stampField } from '../../rules/routing/stamp-field.ts';
import { askTogether } from '../ask-together.ts';
import { epochKey, requestEpochs } from './lead-epochs.ts';
import type { WorkWorld } from '../work-world.ts';

/** Users of one query: the statement stays far below 100,000 characters. */
const USERS = 2_000;

/**
 * Asks for a new epoch of every open lead that we routed and whose owner is not active any more (RE27). Asking again is
 * harmless: the worker looks at each lead as it is.
 * @returns how many leads were handed on
 */
export async function reassignLeavers(world: WorkWorld, signal: AbortSignal): Promise<number> {
  const { frame, salesforce, state, queues } = world;
  const { rulebook, directory } = frame();
  const routing = rulebook.routing;
  if (routing?.mode !== 'enforce') return 0;
  const leavers = [...directory.users.byId.values()].filter(({ isActive }) => !isActive).map(({ id }) => id);
  const marks = [rulebook.source.write.turn_key, stampField(routing.rules)].filter((field) => field !== null);
  if (leavers.length === 0 || marks.length === 0) return 0;
  const isRouted = marks.map((field) => `${field} != null`).join(' OR ');
  const queries: Query[] = [];
  for (let first = 0; first < leavers.length; first += USERS) {
    const owners = quoteList(leavers.slice(first, first + USERS));
    const where = `OwnerId IN (${owners}) AND IsConverted = false AND (${isRouted})`;
    queries.push({ soql: `${selectWhere('Lead', ['OwnerId'], where)} ORDER BY CreatedDate, Id` });
  }
  const found: readonly Row[] = (await askTogether(queries, salesforce, signal)).flat();
  const ids = await withoutBegun(found, state);
  if (ids.length === 0) return 0;
  await requestEpochs(ids, { cause: 'owner_deactivated', by: 'rolecall' }, state);
  await queues.add('lead', ids);
  return ids.length;
}

/** Leads whose epoch for this very reason has begun are in work already. */
async function withoutBegun(leads: readonly Row[], state: State): Promise<readonly string[]> {
  const begun = await state.assignments(leads.map((row) => epochKey(String(row['Id']))));
  const isBegun = (row: Row, index: number): boolean =>
    begun[index]?.['cause'] === 'owner_deactivated' && begun[index]['from'] === row['OwnerId'];
  return leads.filter((row, index) => !isBegun(row, index)).map((row) => String(row['Id']));
}
