import type { Users } from '../users.ts';

/** What a member carries already. */
export type Load = {
  /** Leads under the pool's `open_leads` in the org, and those that are reserved and not yet written (R16). */
  readonly open: number;
  /** This daemon's assignments since midnight in the pool's calendar (R17). */
  readonly today: number;
};

/** What picks depend on besides rules and turns. */
export type World = {
  readonly users: Users;
  /** By pool, then by user id; who has no entry carries nothing. */
  readonly loads: ReadonlyMap<string, ReadonlyMap<string, Load>>;
};

const NOTHING: Load = { open: 0, today: 0 };

/** What a user carries in the eyes of a pool. */
export function loadOf(world: World, pool: string, userId: string): Load {
  return world.loads.get(pool)?.get(userId) ?? NOTHING;
}
