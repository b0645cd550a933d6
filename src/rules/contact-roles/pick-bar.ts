import type { Instant } from '../../domain/instant.ts';
import { fold } from '../text/fold.ts';
import type { ContactRoleRules } from './compile-contact-roles.ts';
import { midnightAfter, readAt, readDate, readStageEntry } from './opportunity-dates.ts';
import type { OpportunityView } from './opportunity-view.ts';
import type { Requirement } from './requirement.ts';

/** Why an opportunity is not judged. */
export type UnjudgedCause =
  | 'opportunity_closed'
  | 'out_of_scope'
  | 'exempt'
  | 'not_yet_effective'
  | 'stage_unknown'
  | 'before_first_stage';

/** What an opportunity is held to at an instant, or why it is held to nothing. */
export type Bar =
  | {
      readonly kind: 'judged';
      readonly requirement: Requirement;
      /** Whether it is the requirement of `pre_close` that applies. */
      readonly isPreClose: boolean;
      /** When the requirement of `pre_close` begins to apply; null when it never asks for more. */
      readonly preCloseAt: Instant | null;
      /** When an exemption ended, null when there was none. */
      readonly exemptionEnded: Instant | null;
    }
  | {
      readonly kind: 'unjudged';
      readonly cause: UnjudgedCause;
      /** When that ends by itself; null when only a change in the org ends it. */
      readonly until: Instant | null;
    };

/** The requirement of the stage, or of `pre_close.treat_as` when that is later and CloseDate is near (C2, C14, C15). */
export function pickBar(rules: ContactRoleRules, view: OpportunityView, now: Instant): Bar {
  if (view.fields['IsClosed'] === true) return unjudged('opportunity_closed');
  if (!rules.scope.holds(view.fields, now)) return unjudged('out_of_scope');
  const exemption = readExemption(rules, view);
  if (exemption !== null && exemption.until > now) return unjudged('exempt', finite(exemption.until));
  if (isBeforeStart(rules, view)) return unjudged('not_yet_effective');
  const rank = rules.stages.rankOf(String(view.fields['StageName'] ?? ''));
  if (rank === null) return unjudged('stage_unknown');

  const preClose = readPreClose(rules, view, rank);
  const isPreClose = preClose !== null && preClose.at <= now;
  const listed = rules.stages.listedAt(isPreClose ? preClose.rank : rank);
  const requirement = listed === null ? undefined : rules.requirements[listed];
  if (requirement === undefined) return unjudged('before_first_stage', preClose?.at ?? null);
  return {
    kind: 'judged',
    requirement,
    isPreClose,
    preCloseAt: preClose?.at ?? null,
    exemptionEnded: exemption?.until ?? null,
  };
}

function unjudged(cause: UnjudgedCause, until: Instant | null = null): Bar {
  return { kind: 'unjudged', cause, until };
}

function finite(at: Instant): Instant | null {
  return Number.isFinite(at) ? at : null;
}

/** Until when it is or was exempt, infinite without an end; the last day counts to its midnight in the org's zone (CE13). */
function readExemption(rules: ContactRoleRules, { fields }: OpportunityView): { readonly until: Instant } | null {
  const exempt = rules.source.exempt;
  if (exempt === undefined) return null;
  const type = fields['Type'];
  const isTypeExempt = typeof type === 'string' && exempt.types.some((name) => fold(name) === fold(type));
  if (isTypeExempt) return { until: Number.POSITIVE_INFINITY };
  if (exempt.field === undefined || fields[exempt.field] !== true) return null;
  const lastDay = exempt.until === undefined ? null : readDate(fields[exempt.until]);
  return { until: lastDay === null ? Number.POSITIVE_INFINITY : midnightAfter(rules.settings.timeZone, lastDay, 1) };
}

function isBeforeStart(rules: ContactRoleRules, view: OpportunityView): boolean {
  const from = rules.source.effective_from;
  const created = readAt(view.fields['CreatedDate']);
  if (from === undefined || created === null) return false;
  const start = midnightAfter(rules.settings.timeZone, from, 0);
  return created < start && (readStageEntry(view) ?? created) < start;
}

function readPreClose(
  rules: ContactRoleRules,
  view: OpportunityView,
  rank: number,
): { readonly at: Instant; readonly rank: number } | null {
  const closeDate = readDate(view.fields['CloseDate']);
  const preClose = rules.source.pre_close;
  if (preClose === undefined || closeDate === null) return null;
  const treatedAs = rules.stages.rankOf(preClose.treat_as);
  if (treatedAs === null || treatedAs <= rank) return null;
  return { at: midnightAfter(view.calendar.timezone, closeDate, -preClose.days), rank: treatedAs };
}
