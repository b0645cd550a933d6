import type { Instant } from '../../../domain/instant.ts';
import { writeInstant } from '../../../domain/instant.ts';
import { scopeDefaults } from '../../contact-roles/scope-defaults.ts';
import type { Rulebook } from '../../rulebook.ts';
import { judgeSla } from '../../sla/judge-sla.ts';
import { readTouch } from '../../sla/read-touch.ts';
import type { Activity } from '../../sla/read-touch.ts';
import type { Sla } from '../../sla/schema.ts';
import { fold } from '../../text/fold.ts';
import { withoutSection } from '../subject.ts';
import type { Answer, TestOf } from '../subject.ts';

/**
 * The clock of a policy (S2–S8, S11). Touches are by the lead's owner, and completed; a kind that does not count is
 * none. Without `at` the test is about a time when all of its touches have happened.
 */
export function askSla(test: TestOf<'sla'>, rulebook: Rulebook, now: Instant): Answer {
  const { sla: asked } = test;
  const { sla } = rulebook;
  const source = rulebook.source.sla;
  if (sla === null || source === null) return withoutSection('sla');
  const terms = sla.rules.policies.find(({ id }) => id === asked.policy);
  if (terms === undefined) return { unanswered: `there is no policy "${asked.policy}"` };
  const calendar = rulebook.calendars.get(asked.calendar);
  if (calendar === undefined) return withoutCalendar(asked.calendar);
  const next = asked.reassigned === null ? null : rulebook.calendars.get(asked.reassigned.calendar);
  if (asked.reassigned !== null && next === undefined) return withoutCalendar(asked.reassigned.calendar);
  const times = asked.touches.flatMap(({ completed, created }) => [completed, created ?? completed]);
  const judgedAt = test.at ?? Math.max(now, ...times);
  const verdict = judgeSla(
    terms,
    {
      assigned: asked.assigned,
      calendar,
      touches: asked.touches
        .map((touch) => readTouch(sla.rules.touch, activityOf(touch, source.touch), () => REP, judgedAt))
        .filter((touch) => touch !== null),
      paused: asked.paused,
      reassigned: asked.reassigned === null ? null : { at: asked.reassigned.at, calendar: next ?? null },
    },
    judgedAt,
  );
  return {
    values: {
      first_touch: verdict.firstTouch,
      due: verdict.due,
      warn: verdict.warn,
      reassign: verdict.reassign,
      touches: verdict.touches,
      window_ends: verdict.windowEnds,
    },
  };
}

/** Who owns the lead and logs the touches: nobody whom `not_by` could name. */
const REP = 'the rep';

type TouchSource = TestOf<'sla'>['sla']['touches'][number];

/** The record behind a touch: an event when it is a meeting, else a task of that subtype. */
function activityOf({ kind, completed, created }: TouchSource, { counts }: Sla['touch']): Activity {
  const own = {
    'Owner.Username': REP,
    ...(created === null ? {} : { CreatedDate: writeInstant(created) }),
  };
  if (EVENTS.has(fold(kind))) {
    const fields = { ...scopeDefaults(counts.Event ?? {}), ...own, StartDateTime: writeInstant(completed) };
    return { object: 'Event', fields };
  }
  const task = { Status: 'Completed', IsClosed: true, ...scopeDefaults(counts.Task ?? {}), TaskSubtype: kind };
  return { object: 'Task', fields: { ...task, ...own, CompletedDateTime: writeInstant(completed) } };
}

const EVENTS: ReadonlySet<string> = new Set(['meeting', 'event']);

function withoutCalendar(name: string): Answer {
  return { unanswered: `there is no calendar "${name}"` };
}
