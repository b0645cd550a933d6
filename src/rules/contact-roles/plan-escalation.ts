import type { Instant } from '../../domain/instant.ts';
import { addOpen } from '../calendars/add-open.ts';
import type { EpisodeMemory } from './committee-memory.ts';
import type { ContactRoleRules } from './compile-contact-roles.ts';
import type { ContactRoleRuling } from './contact-role-ruling.ts';
import type { Finding } from './finding.ts';
import type { OpportunityView } from './opportunity-view.ts';
import { pickRecipient } from './pick-recipient.ts';
import { tasksOf } from './read-episode.ts';

/** Somebody to tell about a violation that lasts. */
export type Escalation = {
  /** Unique per opportunity, episode and step: sent twice it is the same. */
  readonly key: string;
  /** Id of the user to tell. */
  readonly to: string;
  /** What the YAML calls them. */
  readonly target: string;
  readonly dueAt: Instant;
};

export type EscalationPlan = {
  readonly escalation: Escalation | null;
  readonly findings: readonly Finding[];
  /** The episode with the steps that are done, this one included. */
  readonly episode: EpisodeMemory;
  /** When the next step is due; null when there is none. */
  readonly nextAt: Instant | null;
};

/**
 * The step of `escalate` that is due, counted on the owner's calendar from the end of grace. Each step fires once per
 * episode, whether our task is open or a person closed it (CE17). Of several overdue ones only the last fires (S9).
 */
export function planEscalation(
  rules: ContactRoleRules,
  view: OpportunityView,
  ruling: ContactRoleRuling,
  episode: EpisodeMemory,
  now: Instant,
): EscalationPlan {
  const { graceEnds } = ruling;
  if (ruling.status !== 'violation' || graceEnds === null) {
    return { escalation: null, findings: [], episode, nextAt: null };
  }
  const violatedAt = episode.violatedAt ?? countFrom(view, ruling, episode, graceEnds, now);
  const steps = rules.source.escalate.map(({ after, to }) => ({ to, at: addOpen(view.calendar, violatedAt, after) }));
  const due = steps.findLastIndex((step) => step.at <= now);
  const nextAt = steps.find((step, index) => index > due && step.at > now)?.at ?? null;
  const step = steps[due];
  if (step === undefined || due < episode.escalated) {
    return { escalation: null, findings: [], episode: { ...episode, violatedAt }, nextAt };
  }

  // CE18: an owner without a manager is escalated to whoever comes next in the list.
  const target = steps.slice(due).find(({ to }) => pickRecipient(view, to) !== null)?.to;
  const to = target === undefined ? null : pickRecipient(view, target);
  const key = `contact-roles-escalation-${due + 1}:${view.id}:${episode.number}`;
  return {
    escalation: target === undefined || to === null ? null : { key, to, target, dueAt: step.at },
    findings: step.to === 'manager' && view.managerId === null ? [noManager] : [],
    episode: { ...episode, violatedAt, escalated: due + 1 },
    nextAt,
  };
}

/**
 * The end of grace. But nobody is told of a violation that is old when we first see it: then the owner has as long as
 * others from the task on, or from now.
 */
function countFrom(
  view: OpportunityView,
  { gapSince }: ContactRoleRuling,
  { number }: EpisodeMemory,
  graceEnds: Instant,
  now: Instant,
): Instant {
  if (view.memory !== null && view.memory.stay.gapSince === gapSince) return graceEnds;
  const toldAt = tasksOf(view, number)[0]?.createdAt ?? now;
  return Math.max(graceEnds, toldAt);
}

const noManager: Finding = { code: 'no_manager', roleId: null, cause: null };
