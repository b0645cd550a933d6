import type { ListRows } from './named-accounts.ts';
import type { Routing } from './schema.ts';
import type { Target } from './target.ts';
import type { TerritorySource } from './territory-schema.ts';

/** Every reference to a user in the key `routing` and its list of named accounts, as written, in no order that counts. */
export function usersNamed(source: Routing, namedRows: ListRows): readonly string[] {
  const targets = [...(source.intake ?? []), ...source.fallback, ...source.territories.flatMap(targetsOf)];
  return [
    ...Object.values(source.pools).flatMap(({ members }) => members.map(({ user }) => user)),
    ...targets.flatMap((target) => (target.kind === 'user' ? [target.user] : [])),
    ...namedRows.map((row) => row['owner']?.trim() ?? '').filter((owner) => owner !== ''),
  ];
}

function targetsOf({ assign, children }: TerritorySource): readonly Target[] {
  return [...(assign === undefined ? [] : [assign]), ...children.flatMap(targetsOf)];
}
