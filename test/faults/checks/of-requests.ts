import { oddWritesIn, textOf } from '../request-facts.ts';
import { OWNED, type Facts } from './facts.ts';

export function wrongRequests({ entries, attempts }: Facts): readonly string[] {
  const strangers = entries
    .filter(({ headers, kind }) => kind !== 'token' && headers['user-agent'] !== 'rolecall')
    .map(({ path }) => `${path.slice(0, 40)} came without our name`);
  const wrong = attempts.flatMap(({ object, id, fields, headers }) => {
    const foreign = Object.keys(fields).filter((field) => OWNED[object]?.has(field) !== true);
    return [
      ...(headers['sforce-auto-assign']?.toUpperCase() === 'FALSE'
        ? []
        : [`${object} without Sforce-Auto-Assign: FALSE`]),
      ...foreign.map((field) => `${object}.${field} is not ours`),
      ...(id === null || id.length === 18 ? [] : [`${id} is no whole id`]),
    ];
  });
  return [...new Set([...strangers, ...wrong])];
}

export function forbiddenWrites({ entries, attempts }: Facts): readonly string[] {
  const odd = oddWritesIn(entries).map((request) => `${request.method} ${textOf(request)}`);
  const roles = attempts.filter(({ object }) => object === 'OpportunityContactRole');
  return [...odd, ...roles.map(({ kind }) => `${kind} of a contact role`)];
}
