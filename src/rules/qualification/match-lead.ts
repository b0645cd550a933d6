import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import type { Outcome, QualificationRules, QualifyGroup } from './qualification-rules.ts';
import { scoreLead } from './score-lead.ts';
import type { Standing } from './score-lead.ts';

/** Every rule that matches a lead, each list in the order of the file; the first decides (Q1). */
export type LeadMatches = {
  readonly isInScope: boolean;
  readonly suppress: readonly { readonly id: string }[];
  readonly disqualify: readonly { readonly id: string; readonly bucket: string | null }[];
  /** Required fields that are blank. */
  readonly missing: readonly string[];
  /** All groups, whether they qualify the lead or not. */
  readonly qualify: readonly GroupRuling[];
};

/** How one group of `qualify` came out. */
export type GroupRuling = {
  readonly id: string;
  readonly qualifies: boolean;
  /** Null for a group without a score. */
  readonly standing: Standing | null;
  /** What the score was held against: `enter`, or `leave` for a lead that this group qualified last (Q5). */
  readonly threshold: number | null;
};

type PreviousOutcome = { readonly outcome: Outcome; readonly group: string | null } | null;

/** Asks every rule, also those after the deciding one: `explain` shows all of them. */
export function matchLead(
  rules: QualificationRules,
  fields: Fields,
  previous: PreviousOutcome,
  now: Instant,
): LeadMatches {
  return {
    isInScope: rules.scope.holds(fields, now),
    suppress: rules.suppress.filter(({ when }) => when.holds(fields, now)).map(({ id }) => ({ id })),
    disqualify: rules.disqualify
      .filter(({ when }) => when.holds(fields, now))
      .map(({ id, bucket }) => ({ id, bucket })),
    missing: (rules.requireData?.fields ?? []).filter((field) => isBlank(fields[field])),
    qualify: rules.qualify.map((group) => judgeGroup(group, fields, previous, now)),
  };
}

function judgeGroup(group: QualifyGroup, fields: Fields, previous: PreviousOutcome, now: Instant): GroupRuling {
  const { id } = group;
  if (group.kind === 'when') {
    return { id, qualifies: group.when.holds(fields, now), standing: null, threshold: null };
  }
  const { score } = group;
  const standing = scoreLead(score, fields, now);
  const stays = previous?.outcome === 'qualified' && (previous.group === null || previous.group === id);
  const threshold = stays ? score.leave : score.enter;
  return { id, qualifies: standing.total >= threshold, standing, threshold };
}

/** A field without a value, as conditions see it (F9, F10). */
function isBlank(value: Fields[string] | undefined): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
