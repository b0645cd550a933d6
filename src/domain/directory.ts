import { isRecordId, to18 } from './record-id.ts';
import type { OrgQueue, User } from './record.ts';

export type OrgStage = {
  readonly apiName: string;
  readonly sortOrder: number;
  readonly isActive: boolean;
  readonly isClosed: boolean;
  readonly isWon: boolean;
};

/** The people and queues of the org as they were last read. */
export type Directory = {
  readonly usersById: ReadonlyMap<string, User>;
  readonly usersByUsername: ReadonlyMap<string, User>;
  readonly usersByEmail: ReadonlyMap<string, readonly User[]>;
  readonly queuesById: ReadonlyMap<string, OrgQueue>;
  readonly queuesByName: ReadonlyMap<string, OrgQueue>;
};

/** Builds the look-ups; user names, e-mail addresses and queue names are found whatever their case. */
export function createDirectory(users: readonly User[], queues: readonly OrgQueue[]): Directory {
  return {
    usersById: new Map(users.map((user) => [user.id, user])),
    usersByUsername: new Map(users.map((user) => [user.username.toLowerCase(), user])),
    usersByEmail: Map.groupBy(
      users.filter(({ email, isActive }) => email !== null && isActive),
      ({ email }) => email!.toLowerCase(),
    ),
    queuesById: new Map(queues.map((queue) => [queue.id, queue])),
    queuesByName: new Map(queues.map((queue) => [queue.developerName.toLowerCase(), queue])),
  };
}

/** A user by exact user name, else by an active e-mail address that only one user has, else by id (F42); null when nobody is meant. */
export function findUser(directory: Directory, reference: string): User | null {
  const folded = reference.trim().toLowerCase();
  const named = directory.usersByUsername.get(folded);
  if (named !== undefined) return named;
  const mailed = directory.usersByEmail.get(folded) ?? [];
  if (mailed.length === 1) return mailed[0]!;
  return isRecordId(reference) ? (directory.usersById.get(to18(reference)) ?? null) : null;
}

/** A queue by its developer name (F42). */
export function findQueue(directory: Directory, developerName: string): OrgQueue | null {
  return directory.queuesByName.get(developerName.trim().toLowerCase()) ?? null;
}
