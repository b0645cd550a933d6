import type { User } from '../../domain/record.ts';

/** The org's users, found by what a configuration or a lookup field calls them. */
export type Users = {
  readonly byUsername: ReadonlyMap<string, User>;
  /** Only addresses that exactly one active user has. */
  readonly byEmail: ReadonlyMap<string, User>;
  readonly byId: ReadonlyMap<string, User>;
};

/** Users by username and address in lower case, and by id of 18 characters. */
export function indexUsers(users: Iterable<User>): Users {
  const byUsername = new Map<string, User>();
  const byEmail = new Map<string, User>();
  const byId = new Map<string, User>();
  const shared = new Set<string>();
  for (const user of users) {
    byId.set(user.id, user);
    byUsername.set(user.username.toLowerCase(), user);
    const email = user.email?.toLowerCase();
    if (email === undefined || !user.isActive) continue;
    if (byEmail.has(email)) shared.add(email);
    byEmail.set(email, user);
  }
  for (const email of shared) byEmail.delete(email);
  return { byUsername, byEmail, byId };
}

/** The user that a reference names: by exact username, else by unique active address, else by id (F42); null for none. */
export function findUser(users: Users, reference: string): User | null {
  const name = reference.trim().toLowerCase();
  return users.byUsername.get(name) ?? users.byEmail.get(name) ?? users.byId.get(reference.trim()) ?? null;
}
