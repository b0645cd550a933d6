import type { Instant } from '../../domain/instant.ts';
import { addElapsed } from '../calendars/add-open.ts';
import type { Geography } from '../geography/resolve-geography.ts';
import { matchLead } from './match-lead.ts';
import type { LeadMatches } from './match-lead.ts';
import { isProtected, planEffect } from './plan-effect.ts';
import type { QualificationRules } from './qualification-rules.ts';
import type { QualificationInput, QualificationRuling, Verdict } from './qualification-ruling.ts';
import { readLead } from './read-lead.ts';

export type { QualificationInput, QualificationRuling } from './qualification-ruling.ts';

/** Decides which of the six a lead is (Q1–Q9). */
export function decideQualification(
  rules: QualificationRules,
  input: QualificationInput,
  now: Instant,
): QualificationRuling {
  const { fields, geo, findings } = input.reading ?? readLead(rules, input.fields);
  const matches = matchLead(rules, fields, input.previousOutcome, now);
  const verdict = judge(rules, matches, { input, geo, now });
  const effect = planEffect(rules, verdict, { input, fields, now });
  return {
    ...verdict,
    ...effect,
    isProtected: isProtected(rules, fields),
    isRepeat: input.previousOutcome?.outcome === verdict.outcome,
    findings: [...findings, ...effect.findings],
    geo,
    fields,
    matches,
  };
}

type Circumstances = { readonly input: QualificationInput; readonly geo: Geography; readonly now: Instant };

function judge(rules: QualificationRules, matches: LeadMatches, { input, geo, now }: Circumstances): Verdict {
  const { heldSince } = input;
  const plain = { bucket: null, points: null, group: null, heldSince, holdUntil: null };
  if (!matches.isInScope) return { ...plain, outcome: 'out_of_scope', reason: null };

  const [suppressed] = matches.suppress;
  if (suppressed !== undefined) return { ...plain, outcome: 'suppressed', reason: suppressed.id };

  const [disqualified] = matches.disqualify;
  if (disqualified !== undefined) {
    return { ...plain, outcome: 'disqualified', reason: disqualified.id, bucket: disqualified.bucket };
  }

  const lack = matches.missing.length > 0 ? `missing:${matches.missing.join(',')}` : null;
  const reason = lack ?? (geo.hold ? 'geo_conflict' : null);
  if (reason !== null) {
    // The age counts from the first hold, however often the lead was edited since (Q4, QE10).
    const since = heldSince ?? now;
    const until = rules.requireData === null ? null : addElapsed(since, rules.requireData.maxAge);
    if (rules.requireData === null || until === null || now < until) {
      return { ...plain, outcome: 'hold', reason, heldSince: since, holdUntil: until };
    }
    return { ...plain, outcome: rules.requireData.afterwards, reason, heldSince: since };
  }

  const points = matches.qualify.find(({ standing }) => standing !== null)?.standing?.total ?? null;
  const group = matches.qualify.find(({ qualifies }) => qualifies);
  if (group === undefined) return { ...plain, outcome: rules.otherwise, reason: 'otherwise', points };
  const own = group.standing?.total ?? points;
  return { ...plain, outcome: 'qualified', reason: group.id, points: own, group: group.id };
}
