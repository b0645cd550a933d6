import { addOpen } from '../../calendars/add-open.ts';
import type { Rulebook } from '../../rulebook.ts';
import type { Answer, TestOf } from '../subject.ts';

/** When a duration is over on a calendar (F22, F23). */
export function askDue({ due }: TestOf<'due'>, { calendars }: Rulebook): Answer {
  const calendar = calendars.get(due.calendar);
  if (calendar === undefined) return { unanswered: `there is no calendar "${due.calendar}"` };
  return { values: { at: addOpen(calendar, due.from, due.add) } };
}
