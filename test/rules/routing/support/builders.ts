import { parse } from 'yaml';

import type { Instant } from '../../../../src/domain/instant.ts';
import { readInstant } from '../../../../src/domain/instant.ts';
import type { Fields, User } from '../../../../src/domain/record.ts';
import { compileRouting } from '../../../../src/rules/routing/compile-routing.ts';
import { decideRoute } from '../../../../src/rules/routing/decide-route.ts';
import type { PickRequest } from '../../../../src/rules/routing/pools/eligibility.ts';
import { ANY_LEAD, pickFromPool } from '../../../../src/rules/routing/pools/pick-from-pool.ts';
import type { PoolRuling } from '../../../../src/rules/routing/pools/pick-from-pool.ts';
import type { PoolStates } from '../../../../src/rules/routing/pools/state.ts';
import type { Load, World } from '../../../../src/rules/routing/pools/world.ts';
import { quietWorld } from '../../../../src/rules/routing/quiet-world.ts';
import type { DuplicateCandidate, RouteInput } from '../../../../src/rules/routing/route-input.ts';
import type { RouteRuling } from '../../../../src/rules/routing/route-ruling.ts';
import type { RoutingRules } from '../../../../src/rules/routing/routing-rules.ts';
import { Routing } from '../../../../src/rules/routing/schema.ts';
import { indexUsers } from '../../../../src/rules/routing/users.ts';
import { exampleCalendars, exampleLists } from './example.ts';

/** Tuesday; London, Berlin and New York are open, and pia is away. */
export const NOW = readInstant('2026-11-24T14:00:00Z');

/** A section `routing` with nothing in it but what the text says, and a queue to fall back on. */
export function routingOf(text: string): RoutingRules {
  const source = Routing.parse({ fallback: [{ queue: 'Rest' }], ...parse(text) });
  return compileRouting(source, { lists: exampleLists, calendars: exampleCalendars });
}

/** A lead that nobody owns and nothing is known about. */
export function aRouteInput(rules: RoutingRules, fields: Fields, changes: Partial<RouteInput> = {}): RouteInput {
  return {
    id: '00Q000000000001AAA',
    fields,
    owner: null,
    cause: 'initial',
    duplicates: [],
    accounts: [],
    previousAssignees: [],
    refused: [],
    states: new Map(),
    world: quietWorld(rules),
    qualification: null,
    ...changes,
  };
}

/** Decides a route with as little said about it as possible. */
export function route(
  rules: RoutingRules,
  fields: Fields,
  changes: Partial<RouteInput> = {},
  now: Instant = NOW,
): RouteRuling {
  return decideRoute(rules, aRouteInput(rules, fields, changes), now);
}

/** Who got a lead, in a word: a username, `queue:Name`, or null. */
export function ownerOf({ owner }: RouteRuling): string | null {
  if (owner === null) return null;
  return owner.kind === 'user' ? owner.user.username : `queue:${owner.queue}`;
}

/** Another record with the address `kari@fjord.example`, from yesterday. */
export function aDuplicate(changes: Partial<DuplicateCandidate> = {}): DuplicateCandidate {
  return {
    object: 'Lead',
    id: '00Q000000000002AAA',
    email: 'kari@fjord.example',
    ownerId: 'kim@northwind.example',
    isOpen: true,
    createdAt: NOW - 86_400_000,
    touchedAt: null,
    ...changes,
  };
}

/** An active user whose id is the username. */
export function aUser(username: string, changes: Partial<User> = {}): User {
  return { id: username, username, email: null, isActive: true, managerId: null, timeZone: null, ...changes };
}

/** A world in which some users differ from what `quietWorld` takes them for. */
export function worldWith(rules: RoutingRules, users: readonly User[]): World {
  const quiet = quietWorld(rules);
  return { ...quiet, users: indexUsers([...quiet.users.byId.values(), ...users]) };
}

/** A world in which members of one pool carry something already. */
export function loadedWorld(rules: RoutingRules, pool: string, loads: Readonly<Record<string, Load>>): World {
  return { ...quietWorld(rules), loads: new Map([[pool, new Map(Object.entries(loads))]]) };
}

/** Circumstances of a series of picks. */
export type Series = {
  readonly states?: PoolStates;
  readonly world?: World;
  readonly now?: Instant;
  readonly request?: Partial<PickRequest>;
};

/** One pick after another, each from the states that the ones before left. */
export function pickInTurn(
  rules: RoutingRules,
  pool: string,
  count: number,
  { states = new Map(), world = quietWorld(rules), now = NOW, request = {} }: Series = {},
): { readonly picked: readonly string[]; readonly rulings: readonly PoolRuling[]; readonly states: PoolStates } {
  let current = states;
  const rulings = Array.from({ length: count }, () => {
    const ruling = pickFromPool(rules, pool, current, world, now, { ...ANY_LEAD, ...request });
    current = new Map([...current, ...ruling.states]);
    return ruling;
  });
  return { picked: rulings.map(picked), rulings, states: current };
}

/** Who was picked, in a word: a username, `queue:Name`, `wait` or `none`. */
export function picked({ result }: PoolRuling): string {
  if (result.kind === 'user') return result.user.username;
  return result.kind === 'queue' ? `queue:${result.queue}` : result.kind;
}
