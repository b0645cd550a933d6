import { baseRecords, baseUsers } from './base-data.ts';
import { baseRights } from './base-rights.ts';
import type { SeedRecord } from './base-data.ts';
import { loadRecords } from './loading.ts';
import { OrgClock } from './org-clock.ts';
import { makeRandom } from './random.ts';
import { makeIdSource, toLongId } from './record-ids.ts';
import { sandboxSchema } from './schema/sandbox-schema.ts';
import { Store } from './store.ts';
import { Transactions } from './transactions.ts';
import type { World } from './world.ts';

/** An org without records. Its clock stands at `frozenAt` (ms), or runs with the real time. */
export function makeWorld(frozenAt: number | null, seed: number): World {
  const clock = new OrgClock();
  if (frozenAt !== null) clock.freeze(frozenAt);
  const random = makeRandom(seed);
  const schema = sandboxSchema();
  const store = new Store(schema);
  return {
    organizationId: toLongId('00DbX0000000001'),
    clock,
    random,
    schema,
    store,
    ids: makeIdSource(random),
    transactions: new Transactions(store, clock),
    setup: {
      leadAssignment: null,
      rules: [],
      flows: [],
      deleteLogStart: null,
      mostReplicatedIds: 600_000,
      hidden: new Set(),
      unshared: new Set(),
    },
  };
}

/** Loads the records and what every org has besides; answers the API user and somebody with all rights. */
export function populate(
  world: World,
  records: readonly SeedRecord[],
  username: string,
): { readonly userId: string; readonly adminId: string } {
  const automatedProcess = toLongId('005bX0000000000');
  loadRecords(world, records.filter(isUser), automatedProcess);
  loadRecords(world, baseUsers(world, username), automatedProcess);
  const users = [...world.store.rows('User')].map((row) => row.record);
  const user = users.find((one) => one['Username'] === username);
  const admin = users.find((one) => one['IsActive'] !== false && one !== user);
  const [userId, adminId] = [String(user?.['Id']), String(admin?.['Id'])];
  loadRecords(
    world,
    records.filter((record) => !isUser(record)),
    adminId,
  );
  loadRecords(world, baseRecords(world), adminId);
  loadRecords(world, baseRights(world, userId), adminId);
  return { userId, adminId };
}

function isUser({ object }: SeedRecord): boolean {
  return object === 'User';
}
