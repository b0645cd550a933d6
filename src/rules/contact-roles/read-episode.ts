import type { EpisodeMemory } from './committee-memory.ts';
import type { ContactRoleRules } from './compile-contact-roles.ts';
import type { ContactRoleRuling } from './contact-role-ruling.ts';
import type { CommitteeTask, OpportunityView } from './opportunity-view.ts';
import { readStatusFlag } from './read-status-flag.ts';

/** Stands in the description of a task that we closed, before the reason. */
export const CLOSED_BY_US = 'Closed by rolecall: ';

/** `contact-roles:<opportunity>:<episode>`, the unique key of an episode's task (C18, F38a). */
export function taskKey(opportunityId: string, episode: number): string {
  return `contact-roles:${opportunityId}:${episode}`;
}

/** Whether a key is that of an episode's own task. */
export function isEpisodeKey(key: string): boolean {
  return EPISODE_KEY.test(key);
}

const EPISODE_KEY = /^contact-roles:\w+:(\d+)$/;

/**
 * The episode that an opportunity is in: it begins when a gap appears where none was, and ends when there is none (D7).
 * The number is the org's, or a higher one that we know of because its write has not arrived yet.
 */
export function readEpisode(rules: ContactRoleRules, view: OpportunityView, ruling: ContactRoleRuling): EpisodeMemory {
  const remembered = view.memory?.episode;
  const number = Math.max(numberInOrg(rules, view), remembered?.number ?? 0, ...view.tasks.map(numberOfTask));
  if (ruling.gapSince === null) return startEpisode(number);
  const isOngoing = number > 0 && hadGap(rules, view, number) && !tasksOf(view, number).some(isClosedByUs);
  if (!isOngoing) return startEpisode(number + 1);
  const known = remembered?.number === number ? remembered : startEpisode(number);
  return { ...known, isTaskSeen: known.isTaskSeen || tasksOf(view, number).length > 0 };
}

/** An episode about which nothing has been done. */
export function startEpisode(number: number): EpisodeMemory {
  const unwritten = { toldMissing: null, subjects: [], texts: [], owners: [] };
  return { number, ...unwritten, isTaskSeen: false, violatedAt: null, escalated: 0 };
}

/** The task of an episode, whatever became of it; a key is unique, so there is at most one. */
export function tasksOf(view: OpportunityView, episode: number): readonly CommitteeTask[] {
  return view.tasks.filter((task) => task.key === taskKey(view.id, episode));
}

function numberInOrg({ settings }: ContactRoleRules, { fields }: OpportunityView): number {
  const number = settings.episodeField === null ? null : fields[settings.episodeField];
  return typeof number === 'number' ? number : 0;
}

function numberOfTask({ key }: CommitteeTask): number {
  return Number(EPISODE_KEY.exec(key)?.[1] ?? 0);
}

function isClosedByUs({ description }: CommitteeTask): boolean {
  return description?.includes(CLOSED_BY_US) ?? false;
}

/**
 * Whether there was a gap at the last evaluation. When that is not remembered, as when we were killed right after we wrote
 * a later episode than the one that we know of (XE23), the flag in the org tells; without a flag we take it that there
 * was: a task too few can be put right, a task that comes again and again cannot.
 */
function hadGap(rules: ContactRoleRules, view: OpportunityView, number: number): boolean {
  const { memory } = view;
  if (memory !== null && memory.episode.number >= number) return memory.stay.gapSince !== null;
  const status = readStatusFlag(rules, view);
  return status === undefined || status === 'warning' || status === 'violation';
}
