import type { Instant } from '../../domain/instant.ts';
import type { FieldValue } from '../../domain/record.ts';
import { addOpen } from '../calendars/add-open.ts';
import type { Bar } from './pick-bar.ts';
import type { StayMemory } from './committee-memory.ts';
import type { ContactRoleRules } from './compile-contact-roles.ts';
import type { OpportunityView } from './opportunity-view.ts';

type Judged = Extract<Bar, { kind: 'judged' }>;

/** The present stay of an opportunity in its stage, as far as grace depends on it. */
export type Stay = {
  readonly stageEnteredAt: Instant;
  readonly preCloseSince: Instant | null;
  /** The last evaluation, null when none is remembered. */
  readonly previous: StayMemory | null;
  /** The status that the org shows; undefined when the configuration writes it nowhere. */
  readonly flag: FieldValue | undefined;
  /** When the opportunity was last changed, by us or by others; null when it is not known. */
  readonly lastModifiedAt: Instant | null;
  /** Whether the last evaluation was in the same stage, without another one in between. */
  readonly isSame: boolean;
};

/** When the requirement of `pre_close` began to apply; null while it does not (C14). */
export function readPreCloseSince(
  bar: Judged,
  previous: StayMemory | null,
  closeDate: string | null,
  now: Instant,
): Instant | null {
  if (!bar.isPreClose || bar.preCloseAt === null) return null;
  if (previous === null) return bar.preCloseAt;
  if (previous.preCloseSince !== null) return previous.preCloseSince;
  // CE14: whoever moves CloseDate nearer gets grace from then on, not from a day that was far from close at its time.
  return previous.closeDate === closeDate ? bar.preCloseAt : now;
}

/**
 * From when grace is counted for a gap that stands now (C12): stage entry, unless the gap is younger than that,
 * and afresh when `pre_close` begins (C14) or an exemption ends (CE13).
 */
export function pickGapSince(bar: Judged, stay: Stay, now: Instant): Instant {
  const { previous, isSame, preCloseSince, stageEnteredAt } = stay;
  const wasExempt = previous?.status === 'exempt';
  const exemptionEnded = bar.exemptionEnded ?? (wasExempt ? now : stageEnteredAt);
  const earliest = Math.max(stageEnteredAt, exemptionEnded, preCloseSince ?? stageEnteredAt);
  if (previous === null && stay.flag === 'compliant') return now;
  // Grace was not over when that was written: a gap as old as the stay may have begun later (F40).
  if (previous === null && stay.flag === 'warning') return Math.max(earliest, stay.lastModifiedAt ?? earliest);
  if (previous === null || !isSame) return earliest;
  if (previous.preCloseSince === null && preCloseSince !== null) return earliest;
  if (previous.status === 'compliant') return now;
  return Math.max(previous.gapSince ?? earliest, exemptionEnded);
}

/** When the grace of a gap is over, on the owner's calendar (C13). Without `grace` there is none. */
export function endOfGrace(rules: ContactRoleRules, view: OpportunityView, gapSince: Instant): Instant {
  const grace = rules.source.grace;
  return grace === undefined ? gapSince : addOpen(view.calendar, gapSince, grace.after_stage_entry);
}
