import type { Instant } from '../../domain/instant.ts';
import { pickBar } from './pick-bar.ts';
import type { Bar } from './pick-bar.ts';
import { readCommittee } from './committee.ts';
import type { Committee } from './committee.ts';
import type { StayMemory } from './committee-memory.ts';
import type { ContactRoleRules } from './compile-contact-roles.ts';
import type { CommitteeStatus, ContactRoleRuling } from './contact-role-ruling.ts';
import type { FindingCode } from './finding.ts';
import { endOfGrace, pickGapSince, readPreCloseSince } from './pick-gap-since.ts';
import { readAt, readDate, readStageEntry } from './opportunity-dates.ts';
import type { OpportunityView } from './opportunity-view.ts';
import { readStatusFlag } from './read-status-flag.ts';
import { relaxRequirement } from './requirement.ts';
import type { Requirement } from './requirement.ts';
import { requirementKinds } from './requirements/requirement-kinds.ts';

/** Whether an opportunity has the people that its stage needs, and since when not (C1 to C15, C19). */
export function decideContactRoles(rules: ContactRoleRules, view: OpportunityView, now: Instant): ContactRoleRuling {
  const bar = pickBar(rules, view, now);
  const committee = readCommittee(rules, view, now);
  if (bar.kind === 'unjudged') return leaveAlone(bar, committee, view, now);

  const tier = rules.tiers.find((tier) => tier.when.holds(view.fields, now));
  const requirement = tier === undefined ? bar.requirement : relaxRequirement(bar.requirement, tier);
  const items = Object.values(requirementKinds).flatMap((kind) => kind(requirement, committee));
  const unmet = items.filter((item) => !item.isSatisfied);
  const previous = view.memory?.stay ?? null;
  const closeDate = readDate(view.fields['CloseDate']);
  const stage = readStage(view);
  const stageEnteredAt = stageEntry(view, now);
  const preCloseSince = readPreCloseSince(bar, previous, closeDate, now);
  const isSame = previous?.stage === stage && previous.stageEnteredAt === stageEnteredAt;
  const flag = readStatusFlag(rules, view);
  const lastModifiedAt = readAt(view.fields['LastModifiedDate']);
  const stay = { stageEnteredAt, preCloseSince, previous, isSame, flag, lastModifiedAt };
  const gapSince = unmet.length === 0 ? null : pickGapSince(bar, stay, now);
  const graceEnds = gapSince === null ? null : endOfGrace(rules, view, gapSince);
  const status = statusOf(graceEnds, now);

  return {
    status,
    cause: null,
    satisfied: items.length - unmet.length,
    total: items.length,
    coverage: `${items.length - unmet.length}/${items.length}`,
    missing: unmet.map((item) => item.missing),
    missingRoles: [...new Set(unmet.flatMap((item) => item.add))],
    notEngaged: unmet.flatMap((item) => item.engage),
    findings: committee.findings,
    requiredBy: requirement.stage,
    appliedTier: tier?.id ?? null,
    gapSince,
    graceEnds,
    liveContacts: committee.liveContacts,
    wakeAt: earliestAfter(now, [graceEnds, bar.preCloseAt, ...turnsOfEngagement(requirement, committee)]),
    stay: { status, stage, stageEnteredAt, closeDate, preCloseSince, gapSince },
  };
}

/** The earliest of the instants that are still to come; null when there is none. */
export function earliestAfter(now: Instant, instants: readonly (Instant | null)[]): Instant | null {
  const later = instants.filter((at) => at !== null && at > now) as readonly Instant[];
  return later.length === 0 ? null : Math.min(...later);
}

function leaveAlone(
  bar: Extract<Bar, { kind: 'unjudged' }>,
  { liveContacts }: Committee,
  view: OpportunityView,
  now: Instant,
): ContactRoleRuling {
  const status = bar.cause === 'exempt' ? 'exempt' : 'not_applicable';
  const findings = unjudgedFindings(bar.cause, view.memory?.stay ?? null);
  // A deal that was lost to a violation stays one, however often it is looked at.
  const remembered = findings.includes('closed_without_committee') ? 'violation' : status;
  return {
    status,
    cause: bar.cause,
    satisfied: 0,
    total: 0,
    coverage: null,
    missing: [],
    missingRoles: [],
    notEngaged: [],
    findings: findings.map((code) => ({ code, roleId: null, cause: null })),
    requiredBy: null,
    appliedTier: null,
    gapSince: null,
    graceEnds: null,
    liveContacts,
    wakeAt: earliestAfter(now, [bar.until]),
    stay: {
      status: remembered,
      stage: readStage(view),
      stageEnteredAt: stageEntry(view, now),
      closeDate: readDate(view.fields['CloseDate']),
      preCloseSince: null,
      gapSince: null,
    },
  };
}

function unjudgedFindings(
  cause: Extract<Bar, { kind: 'unjudged' }>['cause'],
  previous: StayMemory | null,
): readonly FindingCode[] {
  if (cause === 'stage_unknown') return ['stage_unknown'];
  const isLost = cause === 'opportunity_closed' && previous?.status === 'violation';
  return isLost ? ['closed_without_committee'] : [];
}

function statusOf(graceEnds: Instant | null, now: Instant): CommitteeStatus {
  if (graceEnds === null) return 'compliant';
  return now < graceEnds ? 'warning' : 'violation';
}

function readStage(view: OpportunityView): string | null {
  const stage = view.fields['StageName'];
  return typeof stage === 'string' ? stage : null;
}

/** Where no date tells, the stay began when we first saw it. */
function stageEntry(view: OpportunityView, now: Instant): Instant {
  const previous = view.memory?.stay;
  const firstSeen = previous !== undefined && previous.stage === readStage(view) ? previous.stageEnteredAt : now;
  return readStageEntry(view) ?? firstSeen;
}

/** When somebody stops or starts to count as engaged, if that can matter: an engagement still counts at its last instant. */
function turnsOfEngagement(requirement: Requirement, committee: Committee): readonly (Instant | null)[] {
  const isAsked = requirement.engaged.length > 0 || committee.hasBulkRows;
  if (!isAsked) return [];
  const { engagementEnds, engagementBegins } = committee;
  return [engagementEnds === null ? null : engagementEnds + 1, engagementBegins];
}
