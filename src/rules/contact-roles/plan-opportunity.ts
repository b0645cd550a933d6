import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import type { CommitteeMemory } from './committee-memory.ts';
import type { ContactRoleRules } from './compile-contact-roles.ts';
import type { ContactRoleRuling } from './contact-role-ruling.ts';
import { earliestAfter } from './decide-contact-roles.ts';
import { readEpisode } from './read-episode.ts';
import type { Finding } from './finding.ts';
import type { OpportunityView } from './opportunity-view.ts';
import { planAddedRoles } from './plan-added-roles.ts';
import { planEscalation } from './plan-escalation.ts';
import type { Escalation } from './plan-escalation.ts';
import { planClosing, planTask } from './plan-task.ts';
import type { TaskUpdate } from './plan-task.ts';
import { rulingValues } from './ruling-values.ts';
import { planClearedFields, planSetFields } from './plan-set-fields.ts';
import { suggestContacts } from './suggest-contacts.ts';
import type { Suggestion } from './suggest-contacts.ts';

/** What has to be written so that the org shows a ruling. */
export type OpportunityPlan = {
  /** Fields of the opportunity that differ; null when none does. */
  readonly update: Fields | null;
  /** A task to make, unless its owner has enough of them (`pickTaskSlots`). */
  readonly createTask: Fields | null;
  readonly updateTasks: readonly TaskUpdate[];
  /** Rows of OpportunityContactRole to insert, with `auto_add`. */
  readonly createRoles: readonly Fields[];
  readonly escalation: Escalation | null;
  /** Best first, for the task and for `export target`. */
  readonly suggestions: readonly Suggestion[];
  /** Those of the ruling and those of planning. */
  readonly findings: readonly Finding[];
  readonly memory: CommitteeMemory;
  /** When to look again though nothing has changed; null when only a change matters. */
  readonly wakeAt: Instant | null;
};

/** Compares a ruling with what the org shows. Planning again after the plan is applied plans nothing (C16 to C18). */
export function planOpportunity(
  rules: ContactRoleRules,
  view: OpportunityView,
  ruling: ContactRoleRuling,
  now: Instant,
): OpportunityPlan {
  const begun = readEpisode(rules, view, ruling);
  const suggestions = suggestContacts(rules, view, ruling, now);
  const tasks =
    ruling.gapSince === null
      ? { create: null, updates: planEnd(view, ruling), episode: begun }
      : planTask(rules, view, ruling, suggestions, begun, now);
  const escalation = planEscalation(rules, view, ruling, tasks.episode, now);
  const update = { ...planFlags(rules, view, ruling), ...planEpisodeField(rules, view, ruling, tasks.episode.number) };
  return {
    update: Object.keys(update).length === 0 ? null : update,
    createTask: tasks.create,
    updateTasks: tasks.updates,
    createRoles: planAddedRoles(rules, view, suggestions),
    escalation: escalation.escalation,
    suggestions,
    findings: [...ruling.findings, ...escalation.findings],
    memory: { stay: ruling.stay, episode: escalation.episode },
    wakeAt: earliestAfter(now, [ruling.wakeAt, escalation.nextAt]),
  };
}

/** Flags of a closed opportunity are frozen (CE15), out of scope they are cleared (CE25). */
function planFlags(rules: ContactRoleRules, view: OpportunityView, ruling: ContactRoleRuling): Fields {
  const { set } = rules.source;
  if (ruling.cause === 'opportunity_closed' || ruling.cause === 'stage_unknown') return {};
  if (ruling.cause === 'out_of_scope') return planClearedFields(set, view);
  return planSetFields(set, rulingValues(ruling, view.fields), view);
}

/** Nothing is done about a stage that nobody knows: the configuration has to be put right first (CE24). */
function planEnd(view: OpportunityView, ruling: ContactRoleRuling): readonly TaskUpdate[] {
  return ruling.cause === 'stage_unknown' ? [] : planClosing(view, ruling.cause ?? ruling.status);
}

function planEpisodeField(
  { settings }: ContactRoleRules,
  { fields }: OpportunityView,
  { gapSince }: ContactRoleRuling,
  episode: number,
): Fields {
  const field = settings.episodeField;
  return field === null || gapSince === null || fields[field] === episode ? {} : { [field]: episode };
}
