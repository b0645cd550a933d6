import type { Duration } from '../calendars/schema.ts';
import type { Predicate } from '../conditions/compile-condition.ts';
import type { NamedTest } from '../conditions/hidden-tests.ts';
import type { GeoSettings } from '../geography/schema.ts';
import type { OwnerTarget } from '../routing/target.ts';
import type { Segments } from '../routing/segment-schema.ts';
import type { Fields } from '../../domain/record.ts';

/** What a lead can be found to be (Q2). A lead in scope gets exactly one of the last five. */
export type Outcome = 'out_of_scope' | 'suppressed' | 'disqualified' | 'hold' | 'qualified' | 'nurture';

/** An outcome that a hold or the whole list may end in. */
export type FinalOutcome = Exclude<Outcome, 'out_of_scope' | 'hold'>;

/** One rule of a list, ready to be asked. */
export type Rule = { readonly id: string; readonly when: Predicate; readonly bucket: string | null };

/** A group of `qualify`: one condition, or a score. */
export type QualifyGroup = { readonly id: string } & (
  | { readonly kind: 'when'; readonly when: Predicate }
  | { readonly kind: 'score'; readonly score: Score }
);

/** Points that add up to a lead's standing (Q5). */
export type Score = {
  readonly enter: number;
  readonly leave: number;
  readonly points: readonly { readonly id: string; readonly add: number; readonly when: Predicate }[];
};

/** What an outcome writes: templates by field, and the new owner. */
export type Effect = { readonly set: Fields; readonly owner: OwnerTarget | null };

/** The key `qualification`, compiled once for all leads. */
export type QualificationRules = {
  readonly scope: Predicate;
  readonly geo: GeoSettings;
  readonly segments: Segments;
  readonly freeEmailDomains: ReadonlySet<string>;
  readonly suppress: readonly Rule[];
  readonly disqualify: readonly Rule[];
  readonly requireData: {
    readonly fields: readonly string[];
    readonly maxAge: Duration;
    readonly afterwards: FinalOutcome;
  } | null;
  readonly qualify: readonly QualifyGroup[];
  readonly otherwise: FinalOutcome;
  readonly effects: ReadonlyMap<Outcome, Effect>;
  /** Folded. */
  readonly protectedStatuses: ReadonlySet<string>;
  readonly humanChangeWinsFor: Duration | null;
  /** Every field that a rule reads, each once, derived ones (F13) by their own names (Q8). */
  readonly fields: readonly string[];
  /** Every test of a field that a rule asks. */
  readonly tests: readonly NamedTest[];
};
