import type { Instant } from '../../domain/instant.ts';
import { addOpen } from '../calendars/add-open.ts';
import type { EpisodeMemory } from './committee-memory.ts';
import type { ContactRoleRules } from './compile-contact-roles.ts';
import type { ContactRoleRuling } from './contact-role-ruling.ts';
import type { Finding } from './finding.ts';
import type { OpportunityView } from './opportunity-view.ts';
import { pickRecipient } from './pick-recipient.ts';

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
  /** How many steps are done, this one included. */
  readonly escalated: number;
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
  const idle = { escalation: null, findings: [], escalated: episode.escalated, nextAt: null };
  const { graceEnds } = ruling;
  if (ruling.status !== 'violation' || graceEnds === null) return idle;
  const steps = rules.source.escalate.map(({ after, to }) => ({ to, at: addOpen(view.calendar, graceEnds, after) }));
  const due = steps.findLastIndex((step) => step.at <= now);
  const nextAt = steps.find((step, index) => index > due && step.at > now)?.at ?? null;
  const step = steps[due];
  if (step === undefined || due < episode.escalated) return { ...idle, nextAt };

  // CE18: an owner without a manager is escalated to whoever comes next in the list.
  const target = steps.slice(due).find(({ to }) => pickRecipient(view, to) !== null)?.to;
  const to = target === undefined ? null : pickRecipient(view, target);
  const key = `contact-roles:${view.id}:${episode.number}:escalation-${due + 1}`;
  return {
    escalation: target === undefined || to === null ? null : { key, to, target, dueAt: step.at },
    findings: step.to === 'manager' && view.managerId === null ? [noManager] : [],
    escalated: due + 1,
    nextAt,
  };
}

const noManager: Finding = { code: 'no_manager', roleId: null, cause: null };
