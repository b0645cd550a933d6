import type { Load, World } from './pools/world.ts';
import type { RoutingRules } from './routing-rules.ts';
import { findUser, indexUsers } from './users.ts';

/** What is known about people where there is no org to ask. */
export type QuietFacts = {
  /** Open leads by user reference; who is not named has none. */
  readonly openLeads?: Readonly<Record<string, number>>;
  /** References to users that the rules do not name, as a lead's override does. */
  readonly others?: readonly string[];
};

/**
 * The world of the rules' own examples: everybody whom the rules name is an active user with the reference as username
 * and id, and nobody carries anything but what is said here.
 */
export function quietWorld(rules: Pick<RoutingRules, 'users' | 'pools'>, facts: QuietFacts = {}): World {
  const openLeads = Object.entries(facts.openLeads ?? {});
  const names = [...rules.users, ...(facts.others ?? []), ...openLeads.map(([name]) => name)];
  const users = indexUsers(
    names.map((name) => ({ id: name, username: name, email: null, isActive: true, managerId: null, timeZone: null })),
  );
  const load = new Map<string, Load>(
    openLeads.map(([name, open]) => [findUser(users, name)?.id ?? name, { open, today: 0 }]),
  );
  return { users, loads: new Map([...rules.pools.keys()].map((pool) => [pool, load])) };
}
