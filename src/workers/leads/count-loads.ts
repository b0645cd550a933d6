import type { Instant } from '../../domain/instant.ts';
import { readInstant } from '../../domain/instant.ts';
import type { Fields, Row } from '../../domain/record.ts';
import { quoteList, selectWhere, soqlInstant } from '../../poll/soql.ts';
import type { Query } from '../../ports.ts';
import { localDate, localMidnight } from '../../rules/calendars/zone.ts';
import { readLead } from '../../rules/qualification/read-lead.ts';
import { readAssignment, type Assignment } from '../../rules/routing/assignment.ts';
import type { Pool } from '../../rules/routing/pools/pool.ts';
import type { Load } from '../../rules/routing/pools/world.ts';
import type { RoutingRules } from '../../rules/routing/routing-rules.ts';
import { stampField } from '../../rules/routing/stamp-field.ts';
import { findUser, type Users } from '../../rules/routing/users.ts';

/** What the members of pools carry, by pool and user id; it grows as leads are given away. */
export type Loads = {
  readonly byPool: ReadonlyMap<string, ReadonlyMap<string, Load>>;
  /** One more lead for a user, in the eyes of every pool (RE7: also one that no pool gave). */
  add(userId: string): void;
};

/** How far back assignments are looked for: a day in any time zone, and reservations that were never written. */
export const RESERVED_FOR = 48 * 3_600_000;

/** What has to be asked of the org for the members' loads, and how the answers are read. */
export type LoadPlan = {
  readonly queries: readonly Query[];
  /**
   * @param answers  in the order of the queries
   * @param stored  assignments since `RESERVED_FOR`, by key
   * @param scope  put before the keys of this mode: what only observes has a memory of its own (F38)
   */
  read(answers: readonly (readonly Row[])[], stored: ReadonlyMap<string, unknown>, scope: string): Loads;
};

/** Plans to count what members carry: one query per wording of `open_leads`, and one for the day. */
export function planLoads(rules: RoutingRules, users: Users, groupable: ReadonlySet<string>, now: Instant): LoadPlan {
  const openLeads = openLeadQueries(rules, users, groupable);
  const today = givenTodayQuery(rules, users, now);
  return {
    queries: [...openLeads.values(), ...(today === null ? [] : [today])],
    read(answers, stored, scope) {
      const open = new Map([...openLeads.keys()].map((key, index) => [key, answers[index] ?? []]));
      const shown = today === null ? [] : (answers[openLeads.size] ?? []);
      const own = ownAssignments(stored, scope);
      const counted = { open, given: readGiven(own, shown, rules), reserved: reservedOf(own) };
      return countLoads(rules, users, counted, now);
    },
  };
}

/** Asks how many leads the members own that may count as open (R16, R17): one query per wording of `open_leads`. */
function openLeadQueries(
  rules: RoutingRules,
  users: Users,
  groupable: ReadonlySet<string>,
): ReadonlyMap<string, Query> {
  const pools = [...rules.pools.values()].filter(({ countsOpen }) => countsOpen);
  const members = memberIds(pools, users);
  if (members.length === 0) return new Map();
  const where = `OwnerId IN (${quoteList(members)})`;
  return new Map(
    pools.map(({ openLeadsKey, openLeads }): readonly [string, Query] => {
      // The org does the counting wherever it can; the condition stays ours, so that it means here what it means elsewhere.
      const fields = ['OwnerId', ...openLeads.fields.filter((field) => field !== 'OwnerId')];
      if (!fields.every((field) => groupable.has(field))) {
        return [openLeadsKey, { soql: selectWhere('Lead', fields.filter(isApiName), where) }];
      }
      const columns = fields.join(', ');
      return [
        openLeadsKey,
        { soql: `SELECT ${columns}, COUNT(Id) leads FROM Lead WHERE ${where} GROUP BY ${columns}` },
      ];
    }),
  );
}

/** Asks for the leads of the members that bear our stamp since the earliest of the pools' midnights; null when nothing is to be counted. */
function givenTodayQuery(rules: RoutingRules, users: Users, now: Instant): Query | null {
  const pools = [...rules.pools.values()].filter(({ countsDay }) => countsDay);
  const stamp = stampField(rules);
  const members = memberIds(pools, users);
  if (members.length === 0 || stamp === null) return null;
  const since = soqlInstant(Math.min(...pools.map((pool) => midnightOf(pool, now))));
  const where = `${stamp} >= ${since} AND OwnerId IN (${quoteList(members)})`;
  return { soql: selectWhere('Lead', ['OwnerId', stamp], where) };
}

/** One lead that somebody got. */
type Given = { readonly leadId: string; readonly ownerId: string; readonly at: Instant };

/**
 * Who was given a lead since when: as we remember it, and as the org shows it where we remember nothing any more.
 * @param stored  assignments by `lead:epoch`
 */
function readGiven(
  stored: ReadonlyMap<string, Assignment>,
  rows: readonly Row[],
  rules: Pick<RoutingRules, 'set'>,
): readonly Given[] {
  const own = [...stored].map(([key, { ownerId, at }]): Given => ({ leadId: key.slice(0, key.indexOf(':')), ownerId, at })); // oxfmt-ignore
  const known = new Set(own.map(({ leadId }) => leadId));
  const stamp = stampField(rules) ?? '';
  const shown = rows.map((row): Given => {
    return { leadId: String(row['Id']), ownerId: String(row['OwnerId']), at: readInstant(String(row[stamp])) };
  });
  return [...own, ...shown.filter(({ leadId }) => !known.has(leadId))];
}

function ownAssignments(stored: ReadonlyMap<string, unknown>, scope: string): ReadonlyMap<string, Assignment> {
  const own = new Map<string, Assignment>();
  for (const [key, value] of stored) {
    const assignment = readAssignment(value);
    const lead = key.startsWith(scope) ? key.slice(scope.length) : '';
    if (assignment !== null && /^\w+:\d+$/.test(lead)) own.set(lead, assignment);
  }
  return own;
}

function reservedOf(own: ReadonlyMap<string, Assignment>): readonly Given[] {
  return readGiven(new Map([...own].filter(([, { isConfirmed }]) => !isConfirmed)), [], { set: {} });
}

type Counted = {
  /** Answers of `openLeadQueries`, by the same keys. */
  readonly open: ReadonlyMap<string, readonly Row[]>;
  readonly given: readonly Given[];
  /** Reserved and not yet written (R16): the org does not count them. */
  readonly reserved: readonly Given[];
};

/** The members' loads at an instant. */
function countLoads(rules: RoutingRules, users: Users, counted: Counted, now: Instant): Loads {
  const openByKey = new Map(
    [...counted.open].map(([key, rows]) => {
      const pool = [...rules.pools.values()].find(({ openLeadsKey }) => openLeadsKey === key)!;
      return [key, countOpen(pool, rows, rules, now)];
    }),
  );
  const reserved = tally(counted.reserved);
  const today = new Map<Instant, ReadonlyMap<string, number>>();
  const byPool = new Map<string, Map<string, Load>>();
  for (const pool of rules.pools.values()) {
    const midnight = midnightOf(pool, now);
    const sinceMidnight = today.get(midnight) ?? tally(counted.given.filter(({ at }) => at >= midnight));
    today.set(midnight, sinceMidnight);
    const open = openByKey.get(pool.openLeadsKey);
    byPool.set(
      pool.name,
      new Map(
        memberIds([pool], users).map((id) => [
          id,
          { open: (open?.get(id) ?? 0) + (reserved.get(id) ?? 0), today: sinceMidnight.get(id) ?? 0 },
        ]),
      ),
    );
  }
  return {
    byPool,
    add(userId) {
      for (const loads of byPool.values()) {
        const load = loads.get(userId);
        if (load !== undefined) loads.set(userId, { open: load.open + 1, today: load.today + 1 });
      }
    },
  };
}

function countOpen({ openLeads }: Pool, rows: readonly Row[], rules: RoutingRules, now: Instant) {
  const open = new Map<string, number>();
  for (const row of rows) {
    const { leads = 1, OwnerId: owner } = row;
    const fields: Fields = 'leads' in row ? row : readLead(rules, row).fields;
    if (openLeads.holds(fields, now)) open.set(String(owner), (open.get(String(owner)) ?? 0) + Number(leads));
  }
  return open;
}

function tally(given: readonly Given[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { ownerId } of given) counts.set(ownerId, (counts.get(ownerId) ?? 0) + 1);
  return counts;
}

/** The start of the day in the pool's calendar (R17). */
function midnightOf({ calendar }: Pool, now: Instant): Instant {
  const timezone = calendar?.timezone ?? 'UTC';
  return localMidnight(timezone, localDate(timezone, now));
}

function memberIds(pools: readonly Pool[], users: Users): readonly string[] {
  const members = pools.flatMap((pool) => pool.members.map(({ user }) => findUser(users, user)?.id));
  return [...new Set(members)].filter((id) => id !== undefined);
}

/** A field of the org, not one that we derive (F13). */
function isApiName(field: string): boolean {
  return /^[A-Z]/.test(field);
}
