import type { User } from '../../domain/record.ts';
import type { Calendar } from '../calendars/calendar.ts';
import type { RoutingRules } from './routing-rules.ts';

/**
 * The calendar of the person who got a lead: own, else that of the pool that assigned it, else the default (S2).
 * Null when there is none: then it is open round the clock.
 */
export function assigneeCalendar(
  rules: Pick<RoutingRules, 'personCalendars' | 'pools' | 'defaultCalendar'>,
  user: User,
  pool: string | null,
): Calendar | null {
  for (const reference of [user.username, user.email ?? user.username, user.id]) {
    const own = rules.personCalendars.get(reference.toLowerCase());
    if (own !== undefined) return own;
  }
  return (pool === null ? null : rules.pools.get(pool)?.calendar) ?? rules.defaultCalendar;
}
