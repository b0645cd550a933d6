import type { Instant } from '../../domain/instant.ts';
import { writeInstant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import { addElapsed } from '../calendars/add-open.ts';
import { renderSet } from '../template.ts';
import type { TemplateValues } from '../template.ts';
import { fold } from '../text/fold.ts';
import type { Effect, QualificationRules } from './qualification-rules.ts';
import type { QualificationInput, QualificationRuling, Verdict } from './qualification-ruling.ts';

type EffectRuling = Pick<QualificationRuling, 'set' | 'stamps' | 'owner' | 'heldBack' | 'heldBackUntil' | 'findings'>;

type Circumstances = { readonly input: QualificationInput; readonly fields: Fields; readonly now: Instant };

const NOTHING: EffectRuling = { set: {}, stamps: [], owner: null, heldBack: null, heldBackUntil: null, findings: [] };

const NO_EFFECT: Effect = { set: {}, owner: null };

/** What the outcome writes, less what is protected: a person's Status, sales' leads, the protected statuses (Q3, Q6, Q7). */
export function planEffect(rules: QualificationRules, verdict: Verdict, circumstances: Circumstances): EffectRuling {
  const { input, fields, now } = circumstances;
  const { outcome } = verdict;
  if (outcome === 'out_of_scope' || outcome === 'suppressed') return NOTHING;

  const wasQualified = input.previousOutcome?.outcome === 'qualified';
  const isRouted = input.isRouted ?? wasQualified;
  if (isRouted && outcome !== 'qualified') {
    return { ...NOTHING, findings: wasQualified ? ['score_dropped'] : [] };
  }

  const effect = rules.effects.get(outcome) ?? NO_EFFECT;
  const writes = Object.keys(effect.set).length > 0 || effect.owner !== null;
  // A qualified lead goes on to routing, so a person's Status holds it back even where the outcome writes nothing (QE7).
  if (!writes && outcome !== 'qualified') return NOTHING;
  const heldBackUntil = personStandsUntil(rules, input, now);
  if (heldBackUntil !== null) return { ...NOTHING, heldBack: 'human_change', heldBackUntil };

  const rendered = renderSet(effect.set, templateValues(verdict, circumstances));
  if (!isProtected(rules, fields)) return { ...NOTHING, ...rendered, owner: effect.owner };
  const { Status: status, ...set } = rendered.set;
  const isHeldBack = status !== undefined || effect.owner !== null;
  return { ...NOTHING, set, stamps: rendered.stamps, heldBack: isHeldBack ? 'protected_status' : null };
}

/** When a person's Status stops standing in the way; null when it does not, or when a hand-raise overrides it (QE8). */
function personStandsUntil(rules: QualificationRules, input: QualificationInput, now: Instant): Instant | null {
  const changedAt = input.statusChangedByPersonAt ?? null;
  if (changedAt === null || rules.humanChangeWinsFor === null || input.isHandRaise === true) return null;
  const until = addElapsed(changedAt, rules.humanChangeWinsFor);
  return now < until ? until : null;
}

/** Whether the Status is one that qualification never overwrites (Q7). */
export function isProtected(
  { protectedStatuses }: Pick<QualificationRules, 'protectedStatuses'>,
  fields: Fields,
): boolean {
  const { Status: status } = fields;
  return typeof status === 'string' && protectedStatuses.has(fold(status));
}

function templateValues(
  { outcome, reason, points, group, bucket }: Verdict,
  { fields, now }: Circumstances,
): TemplateValues {
  const own: Fields = { now: writeInstant(now), reason, outcome, points, group, bucket };
  return (name) => own[name] ?? fields[name];
}
