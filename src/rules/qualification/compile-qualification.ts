import { compileCondition } from '../conditions/compile-condition.ts';
import type { Lists } from '../conditions/operator.ts';
import type { Segments } from '../routing/segment-schema.ts';
import { fold } from '../text/fold.ts';
import type { Outcome, QualificationRules, QualifyGroup, Rule } from './qualification-rules.ts';
import type { Qualification } from './schema.ts';

/** The list that tells which mail domains are free (`email.is_free`). */
export const FREE_EMAIL_LIST = 'free_email_domains';

/**
 * Turns the key `qualification` into rules, once for all leads.
 * @param segments  those of routing, for conditions on `segment`
 * @throws AppError `E_LIST_UNKNOWN` (fix-config) when a condition names a list that there is not.
 */
export function compileQualification(source: Qualification, lists: Lists, segments: Segments = {}): QualificationRules {
  const scope = compileCondition(source.scope, lists);
  const suppress = source.suppress.map((rule) => compileRule(rule, lists));
  const disqualify = source.disqualify.map((rule) => compileRule(rule, lists));
  const qualify = source.qualify.map((group) => compileGroup(group, lists));
  const { require_data: required } = source;
  const predicates = [scope, ...[...suppress, ...disqualify].map(({ when }) => when), ...qualify.flatMap(predicatesOf)];
  return {
    scope,
    geo: source.geo,
    segments,
    freeEmailDomains: lists.get(FREE_EMAIL_LIST) ?? new Set(),
    suppress,
    disqualify,
    requireData:
      required === undefined
        ? null
        : { fields: required.fields, maxAge: required.hold.max_age, afterwards: required.hold.then },
    qualify,
    otherwise: source.otherwise,
    effects: new Map(
      Object.entries(source.outcomes).map(([outcome, effect]) => [
        outcome as Outcome,
        { set: effect?.set ?? {}, owner: effect?.owner ?? null },
      ]),
    ),
    protectedStatuses: new Set(source.protect.statuses.map(fold)),
    humanChangeWinsFor: source.protect.human_change_wins_for ?? null,
    tests: predicates.flatMap(({ tests }) => tests),
    fields: [...new Set([...predicates.flatMap(({ fields }) => fields), ...(required?.fields ?? [])])],
  };
}

type RuleSource = Qualification['disqualify'][number] | Qualification['suppress'][number];

function compileRule(source: RuleSource, lists: Lists): Rule {
  const bucket = 'bucket' in source ? source.bucket : undefined;
  return { id: source.id, when: compileCondition(source.when, lists), bucket: bucket ?? null };
}

function compileGroup({ id, when, score }: Qualification['qualify'][number], lists: Lists): QualifyGroup {
  if (score === undefined) return { id, kind: 'when', when: compileCondition(when ?? {}, lists) };
  const points = score.points.map((rule) => {
    return { id: rule.id, add: rule.add, when: compileCondition(rule.when, lists) };
  });
  return { id, kind: 'score', score: { enter: score.enter, leave: score.leave ?? score.enter, points } };
}

function predicatesOf(group: QualifyGroup) {
  return group.kind === 'when' ? [group.when] : group.score.points.map(({ when }) => when);
}
