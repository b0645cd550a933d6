import type { Target } from '../rules/routing/target.ts';
import type { Routing } from '../rules/routing/schema.ts';
import type { Located } from './located.ts';
import type { Problem } from './problem.ts';
import { problemAt } from './problem.ts';

/** Chains of `on_exhausted` that come back to where they were (R10, RE20): one problem per circle. */
export function poolCycles(routing: Routing, located: Located): readonly Problem[] {
  const reported = new Set<string>();
  return Object.keys(routing.pools).flatMap((start) => {
    const circle = circleFrom(start, routing);
    if (circle === null || circle.some((pool) => reported.has(pool))) return [];
    for (const pool of circle) reported.add(pool);
    const [first = start] = circle;
    const isOwn = routing.pools[first]?.on_exhausted !== undefined;
    const place = isOwn
      ? located.locate(['routing', 'pools', first, 'on_exhausted'])
      : located.locate(['routing', 'pools', first], 'key');
    const chain = [...circle, first].join(' > ');
    return [problemAt(place, 'E_POOL_CYCLE', `on_exhausted goes in a circle: ${chain}; it must end in a queue`)];
  });
}

/** The pools of the circle that the chain of a pool runs into, or null when it ends. */
function circleFrom(start: string, routing: Routing): readonly string[] | null {
  const seen: string[] = [];
  for (let name: string | null = start; name !== null; name = poolAfter(name, routing)) {
    if (seen.includes(name)) return seen.slice(seen.indexOf(name));
    seen.push(name);
  }
  return null;
}

function poolAfter(name: string, { pools, pool_defaults: defaults }: Routing): string | null {
  const next: Target | undefined = pools[name]?.on_exhausted ?? defaults.on_exhausted;
  return next?.kind === 'pool' && Object.hasOwn(pools, next.pool) ? next.pool : null;
}
