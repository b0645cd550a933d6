import type { Instant } from '../../../domain/instant.ts';
import type { Fields, User } from '../../../domain/record.ts';
import type { RouteInput } from '../route-input.ts';
import type { RoutingRules } from '../routing-rules.ts';
import type { TerritoryRuling } from '../territories.ts';

/** What every step looks at. */
export type StepView = {
  readonly rules: RoutingRules;
  readonly input: RouteInput;
  /** The lead's fields, derived ones among them. */
  readonly fields: Fields;
  readonly territory: TerritoryRuling;
  readonly now: Instant;
};

/** Whom a step names, or why it names nobody. */
export type StepRuling =
  | { readonly kind: 'user'; readonly user: User; readonly reason: string }
  | { readonly kind: 'queue'; readonly queue: string; readonly reason: string }
  | { readonly kind: 'pool'; readonly pool: string; readonly reason: string }
  | { readonly kind: 'pass'; readonly reason: string; readonly findings: readonly string[] };

/** One step of the precedence (R1). */
export type Step = (view: StepView) => StepRuling;

/** The step names nobody. */
export function pass(reason: string, ...findings: readonly string[]): StepRuling {
  return { kind: 'pass', reason, findings };
}
