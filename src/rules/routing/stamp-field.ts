import type { RoutingRules } from './routing-rules.ts';

/** The field that `routing.set` stamps with the time of routing, as `Routed_At__c`; null when none is. */
export function stampField({ set }: Pick<RoutingRules, 'set'>): string | null {
  return Object.entries(set).find(([, template]) => template === '{now}')?.[0] ?? null;
}
