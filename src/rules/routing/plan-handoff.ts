import type { Instant } from '../../domain/instant.ts';
import type { Fields, FieldValue } from '../../domain/record.ts';
import { addElapsed, addOpen } from '../calendars/add-open.ts';
import type { Calendar } from '../calendars/calendar.ts';
import { localDate, offsetMs } from '../calendars/zone.ts';
import { renderTemplate, templateNames } from '../template.ts';
import { renderActivities } from './recent-activities.ts';
import type { Activity } from './recent-activities.ts';
import type { RouteInput } from './route-input.ts';
import type { RouteRuling } from './route-ruling.ts';
import { routeValues } from './route-values.ts';
import type { RoutingRules } from './routing-rules.ts';

/** A lead that has got an owner, as the task about it needs it. */
export type HandoffInput = {
  /** 18 characters. */
  readonly leadId: string;
  readonly epoch: number;
  readonly ruling: Pick<RouteRuling, 'route' | 'reason' | 'pool' | 'territory' | 'owner' | 'fields'>;
  readonly qualification: RouteInput['qualification'];
  /** The assignee's, from `assigneeCalendar`; null is open round the clock, in UTC. */
  readonly calendar: Calendar | null;
  readonly firstTouchDue: Instant | null;
  /** What happened with it lately, in no order that counts. */
  readonly activities: readonly Activity[];
  /** The field of `write.task_key`; null for an org without one. */
  readonly keyField: string | null;
};

const SUBJECT_LENGTH = 255;
const DESCRIPTION_LENGTH = 32_000;

const LAST_ACTIVITIES = 'activity.last_5';

/** Whether the task's text tells of activities, so that they have to be read. */
export function tellsActivities({ handoff }: Pick<RoutingRules, 'handoff'>): boolean {
  const { subject = '', body = '' } = handoff.task ?? {};
  return templateNames(`${subject}${body}`).includes(LAST_ACTIVITIES);
}

/** The key of the one task of an epoch: a retry cannot make a second one (R21, F38a). */
export function handoffKey(leadId: string, epoch: number): string {
  return `handoff:${leadId}:${epoch}`;
}

/** The epoch that a key of `handoffKey` is about; 0 for any other text. */
export function handoffEpoch(key: string): number {
  return Number(/^handoff:\w+:(\d+)$/.exec(key)?.[1] ?? 0);
}

/**
 * The task that tells the new owner what to do and why now (R21): `WhoId` only, since a lead's task has no `WhatId`.
 * Null when no task is configured, or when no person got the lead.
 */
export function planHandoff(rules: Pick<RoutingRules, 'handoff'>, input: HandoffInput, now: Instant): Fields | null {
  const { task } = rules.handoff;
  const { leadId, epoch, ruling, calendar, keyField } = input;
  if (task === null || ruling.owner?.kind !== 'user') return null;
  const routing = routeValues(ruling, input.qualification, ruling.fields, now);
  const own: Fields = {
    'sla.first_touch_due': input.firstTouchDue === null ? null : wallTime(calendar, input.firstTouchDue),
    [LAST_ACTIVITIES]: renderActivities(input.activities, calendar),
  };
  const values = (name: string): FieldValue | undefined => (name in own ? own[name] : routing(name));
  const due = task.due && (calendar === null ? addElapsed(now, task.due) : addOpen(calendar, now, task.due));
  return {
    OwnerId: ruling.owner.user.id,
    WhoId: leadId,
    Subject: cut(renderTemplate(task.subject, values).replace(/\s+/g, ' ').trim(), SUBJECT_LENGTH),
    Description: cut(renderTemplate(task.body, values).trimEnd(), DESCRIPTION_LENGTH),
    Status: 'Not Started',
    Priority: task.priority ?? 'Normal',
    ...(due === undefined ? {} : { ActivityDate: localDate(calendar?.timezone ?? 'UTC', due) }),
    ...(keyField === null ? {} : { [keyField]: handoffKey(leadId, epoch) }),
  };
}

/** `2026-11-24 09:30 Europe/Berlin`: a person reads it on the wall. */
function wallTime(calendar: Calendar | null, at: Instant): string {
  const timezone = calendar?.timezone ?? 'UTC';
  return `${new Date(at + offsetMs(timezone, at)).toISOString().slice(0, 16).replace('T', ' ')} ${timezone}`;
}

/** At most so many UTF-16 units, as Salesforce counts; never half a character. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
