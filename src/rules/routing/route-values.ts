import { writeInstant } from '../../domain/instant.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import type { TemplateValues } from '../template.ts';
import type { RouteInput } from './route-input.ts';
import type { RouteRuling } from './route-ruling.ts';

/** What templates of routing may name besides the lead's fields. */
export type RouteFacts = Pick<RouteRuling, 'route' | 'reason' | 'pool' | 'territory'>;

/** The values of templates for one route. */
export function routeValues(
  { route, reason, pool, territory }: RouteFacts,
  qualification: RouteInput['qualification'],
  fields: Fields,
  now: Instant,
): TemplateValues {
  const own: Fields = {
    now: writeInstant(now),
    route,
    reason,
    pool,
    'territory.path': territory,
    'qualification.reason': qualification?.reason ?? null,
    'qualification.points': qualification?.points ?? null,
  };
  return (name) => own[name] ?? fields[name];
}
