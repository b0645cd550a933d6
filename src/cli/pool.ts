import { parseArgs } from 'node:util';

import { closest } from 'fastest-levenshtein';

import { openDesk, type Desk } from '../app/open-desk.ts';
import { AppError } from '../domain/error.ts';
import { writeInstant } from '../domain/instant.ts';
import { quotePrefix } from '../poll/soql.ts';
import { describePool, type MemberView, type PoolView } from '../rules/routing/pools/describe-pool.ts';
import type { RoutingRules } from '../rules/routing/routing-rules.ts';
import { findUser } from '../rules/routing/users.ts';
import { askTogether } from '../workers/ask-together.ts';
import { planLoads, RESERVED_FOR } from '../workers/leads/count-loads.ts';
import { openTurns } from '../workers/leads/turns.ts';
import { EXIT, type Command, type CommandWorld } from './command.ts';

const HELP = `rolecall pool NAME [--json]

Shows a pool of routing as it stands: how many turns it has given, what each member is owed and carries, who is out and
why, and who would get the next lead. Takes no turn and writes nothing.`;

export const POOL: Command = {
  name: 'pool',
  summary: 'show the turns, loads and absences of a pool',
  help: HELP,
  async run(args, world) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [name, ...rest] = positionals;
    if (name === undefined || rest.length > 0) throw usage('name one pool');
    await using desk = await openDesk(world.env, 'reports', world.signal);
    const view = await viewPool(name, desk, world);
    world.terminal.out(values.json ? JSON.stringify(view) : print(view));
    return EXIT.ok;
  },
};

/** A pool, and how many open leads of its turns are with people who are no members (RE19); null when the org keeps no turns. */
type ShownPool = PoolView & { readonly owned_by_non_member: number | null };

async function viewPool(name: string, desk: Desk, { signal }: CommandWorld): Promise<ShownPool> {
  const { frame, salesforce, state } = desk;
  const { routing, source } = frame.rulebook;
  if (routing === null) throw usage('the configuration has no routing, or it is off');
  const { rules, mode } = routing;
  if (!rules.pools.has(name)) throw usage(unknownPool(name, rules));
  const scope = mode === 'observe' ? 'shadow:' : '';
  const now = salesforce.now();
  const { users } = frame.directory;
  const { states } = await openTurns(rules, {
    state,
    salesforce,
    signal,
    turnField: source.write.turn_key,
    users,
    scope,
  });
  const loads = planLoads(rules, users, frame.columns.groupable, now);
  const answers = await askTogether(loads.queries, salesforce, signal);
  const { byPool } = loads.read(answers, await state.assignmentsSince(now - RESERVED_FOR), scope);
  const view = describePool(rules, name, states, { users, loads: byPool }, now)!;
  const members = new Set(view.members.map(({ user }) => findUser(users, user)?.id));
  return { ...view, owned_by_non_member: await countStrangers(name, members, desk, signal) };
}

async function countStrangers(
  pool: string,
  members: ReadonlySet<string | undefined>,
  { frame, salesforce }: Desk,
  signal: AbortSignal,
): Promise<number | null> {
  const { turn_key: turnField } = frame.rulebook.source.write;
  if (turnField === null) return null;
  const where = `${turnField} LIKE ${quotePrefix(`${pool}:`)} AND IsConverted = false`;
  const soql = `SELECT OwnerId, COUNT(Id) leads FROM Lead WHERE ${where} GROUP BY OwnerId`;
  const [owners = []] = await askTogether([{ soql }], salesforce, signal);
  const strangers = owners.filter((row) => !members.has(String(row['OwnerId'])));
  return strangers.reduce((sum, row) => sum + Number(row['leads']), 0);
}

function print({ pool, strategy, turns, members, next, owned_by_non_member: strangers }: ShownPool): string {
  const width = Math.max(...members.map(({ user }) => user.length), 0);
  const until = next.until === null ? '' : ` until ${writeInstant(next.until)}`;
  const by = next.pool === null || next.pool === pool ? '' : ` (${next.pool})`;
  return [
    `${pool}: ${strategy}, ${turns} ${turns === 1 ? 'turn' : 'turns'}`,
    ...members.map((member) => `  ${member.user.padEnd(width)}  ${printMember(member)}`),
    ...(strangers === null || strangers === 0 ? [] : [`owned by non-members: ${strangers}`]),
    `next: ${next.who}${until}${by}`,
  ].join('\n');
}

function printMember({ weight, owed, lastTurn, open, openCap, today, dayCap, out }: MemberView): string {
  const last = lastTurn === null ? 'no turn yet' : `last turn ${lastTurn}`;
  const carries = `open ${open}${of(openCap)}, today ${today}${of(dayCap)}`;
  return `weight ${weight}, owed ${owed}, ${last}, ${carries}, ${out === null ? 'in' : `out: ${out}`}`;
}

function of(cap: number | null): string {
  return cap === null ? '' : ` of ${cap}`;
}

function unknownPool(name: string, { pools }: RoutingRules): string {
  const hint = pools.size === 0 ? 'there are none' : `did you mean "${closest(name, [...pools.keys()])}"?`;
  return `"${name}" is not a pool; ${hint}`;
}

function usage(message: string): AppError {
  return new AppError({ code: 'usage', recovery: 'fix-config', message, mend: 'see rolecall pool --help' });
}
