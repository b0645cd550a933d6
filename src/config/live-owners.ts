import type { OrgQueue, User } from '../domain/record.ts';
import { isRecordId, to18 } from '../domain/record-id.ts';
import { findUser, indexUsers, type Users } from '../rules/routing/users.ts';
import type { Located } from './located.ts';
import { modeOf } from './mode.ts';
import type { Place, Problem } from './problem.ts';
import { nearestName, problemAt, suggestion } from './problem.ts';
import { references } from './references.ts';
import type { Config } from './schema.ts';

/** Whether the users and queues that the configuration names are there and fit (F42). */
export function checkOwners(
  config: Config,
  located: Located,
  org: { readonly users: Iterable<User>; readonly queues: readonly OrgQueue[] },
): readonly Problem[] {
  const users = [...org.users];
  const named = references(config).flatMap(({ kind, name, path, part }) => {
    if (modeOf(config, path) === 'off') return [];
    const place = located.locate(path, part);
    if (kind === 'user') return userProblem(name, users, place);
    return kind === 'queue' ? queueProblem(name, org.queues, place) : [];
  });
  return [...named, ...doubledMembers(config, located, indexUsers(users))];
}

/** Turns are kept by user: who is a member by the username and by the address again would mix them up. */
function doubledMembers({ routing }: Config, located: Located, users: Users): readonly Problem[] {
  if (routing === null || routing.mode === 'off') return [];
  return Object.entries(routing.pools).flatMap(([pool, { members }]) => {
    const seen = new Map<string, string>();
    return members.flatMap(({ user: reference }, index) => {
      const id = findUser(users, reference)?.id;
      const other = id === undefined ? undefined : seen.get(id);
      if (id !== undefined) seen.set(id, other ?? reference);
      if (other === undefined) return [];
      const message = `"${reference}" is the same user as "${other}"; a greater share is a weight`;
      return [problemAt(located.locate(['routing', 'pools', pool, 'members', index, 'user']), 'E_DUP_ID', message)];
    });
  });
}

function userProblem(reference: string, users: readonly User[], place: Place): readonly Problem[] {
  const wanted = reference.trim().toLowerCase();
  const byUsername = users.find(({ username }) => username.toLowerCase() === wanted);
  const sameEmail = users.filter(({ email, isActive }) => isActive && email?.toLowerCase() === wanted);
  if (byUsername === undefined && sameEmail.length > 1) {
    const message = `"${reference}" is the e-mail address of ${sameEmail.length} active users, write the username`;
    return [problemAt(place, 'E_USER_AMBIGUOUS', message)];
  }
  const id = isRecordId(reference.trim()) ? to18(reference.trim()) : null;
  const user = byUsername ?? sameEmail[0] ?? users.find((candidate) => candidate.id === id);
  if (user === undefined) {
    // No list of other names: who works there is nobody's business but the near miss.
    const nearest = nearestName(
      reference,
      users.map(({ username }) => username),
    );
    const hint = nearest === null ? '' : `, did you mean "${nearest}"?`;
    return [problemAt(place, 'E_USER_UNKNOWN', `"${reference}" is no user of the org${hint}`)];
  }
  if (user.isActive) return [];
  return [problemAt(place, 'W_USER_INACTIVE', `the user "${reference}" is inactive and gets nothing`)];
}

function queueProblem(name: string, queues: readonly OrgQueue[], place: Place): readonly Problem[] {
  const queue = queues.find(({ developerName }) => developerName.toLowerCase() === name.trim().toLowerCase());
  if (queue === undefined) {
    const hint = suggestion(
      name,
      queues.map(({ developerName }) => developerName),
    );
    return [problemAt(place, 'E_QUEUE_OBJECT', `"${name}" is not a queue of the org${hint}`)];
  }
  if (queue.objects === null || queue.objects.has('Lead')) return [];
  return [
    problemAt(place, 'E_QUEUE_OBJECT', `the queue "${name}" cannot own leads, add Lead to its supported objects`),
  ];
}
