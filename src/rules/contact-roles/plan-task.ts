import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import { addOpen } from '../calendars/add-open.ts';
import { localDate } from '../calendars/zone.ts';
import { digest } from '../text/digest.ts';
import { renderTemplate } from '../template.ts';
import type { EpisodeMemory } from './committee-memory.ts';
import type { ContactRoleRules } from './compile-contact-roles.ts';
import type { ContactRoleRuling } from './contact-role-ruling.ts';
import { digestOf, followTask, type WantedTask } from './follow-task.ts';
import { CLOSED_BY_US, isEpisodeKey, startEpisode, taskKey } from './read-episode.ts';
import type { CommitteeTask, OpportunityView } from './opportunity-view.ts';
import { pickRecipient } from './pick-recipient.ts';
import { rulingValues } from './ruling-values.ts';
import type { Suggestion } from './suggest-contacts.ts';
import { writeGap, writeTaskText } from './write-task-text.ts';

/** A change to a task of ours. `seen` is what it rests on: a task that is different by then is left alone (F33). */
export type TaskUpdate = { readonly id: string; readonly fields: Fields; readonly seen: Fields };

/** What is to be done about tasks, and the episode as it is after that. */
export type TaskPlan = {
  readonly create: Fields | null;
  readonly updates: readonly TaskUpdate[];
  readonly episode: EpisodeMemory;
};

// Salesforce, Task: Subject is a combobox of 255 characters, Description a text area of 32,000.
const SUBJECT_LENGTH = 255;
const DESCRIPTION_LENGTH = 32_000;

/** Closes our open tasks, with the reason in their description; what a person wrote there stays. */
export function planClosing(view: OpportunityView, reason: string): readonly TaskUpdate[] {
  return openTasks(view).map((task) => {
    const { description } = task;
    const note = `${CLOSED_BY_US}${reason}`;
    const before = description === null ? '' : `${description.slice(0, DESCRIPTION_LENGTH - note.length - 2)}\n\n`;
    return changeOf(task, { Status: 'Completed', Description: `${before}${note}` });
  });
}

/**
 * The task of a gap (C18): made once the grace is over; it follows the gap and the owner as long as it is open. One that a
 * person closed or deleted comes again only for an item that is newly missing, as a new episode.
 */
export function planTask(
  rules: ContactRoleRules,
  view: OpportunityView,
  ruling: ContactRoleRuling,
  suggestions: readonly Suggestion[],
  episode: EpisodeMemory,
  now: Instant,
): TaskPlan {
  const task = rules.source.task;
  if (task === undefined || rules.settings.taskKeyField === null) return { create: null, updates: [], episode };
  const subject = cutSubject(renderTemplate(task.subject, rulingValues(ruling, view.fields)));
  const open = openCommitteeTask(view);
  const wanted = {
    subject,
    description: writeTaskText(ruling, suggestions, view.candidates),
    gap: writeGap(ruling).join('\n'),
    ownerId: recipientOf(view, task.to),
  };
  if (open !== undefined) {
    const { fields, episode: followed } = followTask(open, wanted, episode);
    const updates = Object.keys(fields).length === 0 ? [] : [changeOf(open, fields)];
    return { create: null, updates, episode: { ...followed, toldMissing: [...ruling.missing] } };
  }
  const next = episode.isTaskSeen ? afterDismissal(ruling, episode) : episode;
  if (next.isTaskSeen || ruling.status !== 'violation') return { create: null, updates: [], episode: next };
  return {
    create: aTask(rules, view, wanted, next.number, now),
    updates: [],
    episode: {
      ...next,
      toldMissing: [...ruling.missing],
      subjects: [digest(subject)],
      texts: [digestOf(wanted.description)],
      owners: wanted.ownerId === null ? [] : [wanted.ownerId],
    },
  };
}

/** The open task of an episode; those that tell somebody else of the gap are not it. */
export function openCommitteeTask(view: OpportunityView): CommitteeTask | undefined {
  return openTasks(view).find(({ key }) => isEpisodeKey(key));
}

function openTasks(view: OpportunityView): readonly CommitteeTask[] {
  return view.tasks.filter((task) => !task.isClosed && !task.isDeleted);
}

function changeOf({ id, subject, description, ownerId }: CommitteeTask, fields: Fields): TaskUpdate {
  const shown: Fields = { Subject: subject, Description: description, OwnerId: ownerId };
  const touched = Object.entries(shown).filter(([name]) => name in fields);
  return { id, fields, seen: { IsClosed: false, ...Object.fromEntries(touched) } };
}

/** An owner without a manager does the work alone; the plan's findings say so. */
function recipientOf(view: OpportunityView, to: string): string | null {
  const owner = view.fields['OwnerId'];
  return pickRecipient(view, to) ?? (typeof owner === 'string' ? owner : null);
}

/** The episode after a person closed or deleted its task: a new one when something else is missing now, once its grace is over. */
function afterDismissal(ruling: ContactRoleRuling, episode: EpisodeMemory): EpisodeMemory {
  if (episode.toldMissing === null) return { ...episode, toldMissing: [...ruling.missing] };
  const told = new Set(episode.toldMissing.map(kindOf));
  const isNew = ruling.missing.some((item) => !told.has(kindOf(item)));
  if (!isNew || ruling.status !== 'violation') return episode;
  // The gap is the same one: who was told of it is not told again.
  return { ...startEpisode(episode.number + 1), violatedAt: episode.violatedAt, escalated: episode.escalated };
}

/** `contacts 1/3` is the same item as `contacts 1/2`. */
function kindOf(missing: string): string {
  return missing.replace(/^contacts \d+\/\d+$/, 'contacts');
}

function aTask(
  rules: ContactRoleRules,
  view: OpportunityView,
  { subject, description, ownerId }: WantedTask,
  episode: number,
  now: Instant,
): Fields {
  const due = rules.source.task?.due;
  const dueAt = due === undefined ? null : addOpen(view.calendar, now, due);
  return {
    OwnerId: ownerId,
    WhatId: view.id,
    Subject: subject,
    Description: description,
    Priority: 'Normal',
    Status: 'Not Started',
    ...(dueAt === null ? {} : { ActivityDate: localDate(view.calendar.timezone, dueAt) }),
    [rules.settings.taskKeyField ?? '']: taskKey(view.id, episode),
  };
}

/** A subject as Salesforce takes it, cut between words. */
export function cutSubject(text: string): string {
  const subject = text.trim();
  if (subject.length <= SUBJECT_LENGTH) return subject;
  const cut = subject.slice(0, SUBJECT_LENGTH - 1);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), 1)).replace(/[;,\s]+$/, '')}…`;
}
