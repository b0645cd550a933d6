import type { Fields } from '../../domain/record.ts';
import { localDate } from '../calendars/zone.ts';
import type { ContactRoleRules } from './compile-contact-roles.ts';
import type { ContactRoleRuling } from './contact-role-ruling.ts';
import type { OpportunityView } from './opportunity-view.ts';
import type { Escalation } from './plan-escalation.ts';
import { cutSubject } from './plan-task.ts';
import { CLOSES_ITSELF, writeGap } from './write-task-text.ts';

/** The task that tells somebody of a violation that lasts; null without a field for the key that keeps it to one. */
export function writeEscalation(
  { settings }: ContactRoleRules,
  view: OpportunityView,
  ruling: ContactRoleRuling,
  { key, to, dueAt }: Escalation,
): Fields | null {
  if (settings.taskKeyField === null) return null;
  return {
    OwnerId: to,
    WhatId: view.id,
    Subject: cutSubject(`The buying committee is still incomplete: ${ruling.missing.join('; ')}`),
    Description: [...writeGap(ruling), CLOSES_ITSELF].join('\n'),
    Priority: 'High',
    Status: 'Not Started',
    ActivityDate: localDate(view.calendar.timezone, dueAt),
    [settings.taskKeyField]: key,
  };
}
