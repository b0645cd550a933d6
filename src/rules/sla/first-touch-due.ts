import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import type { Calendar } from '../calendars/calendar.ts';
import { addRunning } from './add-running.ts';
import { pickTerms } from './compile-sla.ts';
import type { SlaRules } from './compile-sla.ts';

/** When the first touch of a lead is due (S1, S2, S6); null where no policy fits. */
export type FirstTouchDue = (fields: Fields, assignee: Calendar | null, from: Instant) => Instant | null;

/** The question above, for a lead that is given to somebody at `from`. Null stands for a module that is off. */
export function compileFirstTouchDue(rules: SlaRules | null): FirstTouchDue {
  return (fields, assignee, from) => {
    const terms = rules === null ? null : pickTerms(rules, fields, from);
    return terms === null ? null : addRunning(terms.clock ?? assignee, from, terms.within, []);
  };
}
