import type { Instant } from '../../domain/instant.ts';
import type { Fields, FieldValue } from '../../domain/record.ts';
import { compileCondition } from '../conditions/compile-condition.ts';
import type { Predicate } from '../conditions/compile-condition.ts';
import type { Lists } from '../conditions/operator.ts';
import { readMoment } from '../conditions/moment.ts';
import { fold } from '../text/fold.ts';
import { compilePattern } from '../text/pattern.ts';
import type { Sla } from './schema.ts';

/** A touch (S3): its channel, `call`, `email` or `meeting`, or another subtype of tasks; and its times. */
export type Touch = {
  readonly channel: string;
  /** When the task was completed, or the event began. */
  readonly completed: Instant;
  /** When the record was made; null when that is not known. */
  readonly created: Instant | null;
};

/** A Task or an Event as Salesforce has it. `Owner.Username` and `CreatedBy.Username` tell whose it is. */
export type Activity = { readonly object: 'Task' | 'Event'; readonly fields: Fields };

/** What counts as a touch, compiled. */
export type TouchRules = {
  /** Null where no record of the object counts. */
  readonly counts: Readonly<Record<Activity['object'], Predicate | null>>;
  readonly isByOwner: boolean;
  /** Usernames, folded. */
  readonly notBy: ReadonlySet<string>;
  readonly notSubject: readonly ((text: string) => boolean)[];
};

/** Compiles `sla.touch`. Expects a source that its schema has accepted. */
export function compileTouch(source: Sla['touch'], lists: Lists): TouchRules {
  const { Task, Event } = source.counts;
  return {
    counts: {
      Task: Task === undefined ? null : compileCondition(Task, lists),
      Event: Event === undefined ? null : compileCondition(Event, lists),
    },
    isByOwner: source.by === 'owner',
    notBy: new Set(source.not_by.map(fold)),
    notSubject: source.not_subject.map((pattern) => compilePattern(pattern, { isCaseSensitive: false })),
  };
}

/**
 * The touch that an activity of a lead is, or null when it is none: not of a kind that counts, not completed, by
 * somebody else than the lead's owner, or excluded (S3). Whether it is in time is for `judgeSla` to say.
 * @param ownerAt  the username of the lead's owner at an instant; null while that was a queue
 */
export function readTouch(
  rules: TouchRules,
  { object, fields }: Activity,
  ownerAt: (at: Instant) => string | null,
  now: Instant,
): Touch | null {
  const completed = readTime(fields[object === 'Task' ? 'CompletedDateTime' : 'StartDateTime']);
  if (completed === null || rules.counts[object]?.holds(fields, now) !== true) return null;
  const by = textOf(fields['Owner.Username']);
  const owner = ownerAt(completed);
  if (rules.isByOwner && (owner === null || by !== fold(owner))) return null;
  // Marketing systems log in the name of the lead's owner; the user who made the record gives them away.
  if (rules.notBy.has(by) || rules.notBy.has(textOf(fields['CreatedBy.Username']))) return null;
  const subject = textOf(fields['Subject']);
  if (rules.notSubject.some((matches) => matches(subject))) return null;
  const channel = object === 'Event' ? 'meeting' : textOf(fields['TaskSubtype']);
  return { channel, completed, created: readTime(fields['CreatedDate']) };
}

function readTime(value: FieldValue | undefined): Instant | null {
  const moment = typeof value === 'string' ? readMoment(value) : null;
  return moment === null || moment.isDay ? null : moment.at;
}

function textOf(value: FieldValue | undefined): string {
  return typeof value === 'string' ? fold(value) : '';
}
