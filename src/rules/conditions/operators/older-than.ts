import { Duration } from '../../calendars/duration.ts';
import { compareAge } from '../age.ts';
import { operator } from '../operator.ts';

/** The age of the date is greater than a duration. At exactly that age it is not. */
export const olderThan = operator({
  argument: Duration,
  onBlank: () => false,
  compile:
    (duration, { calendar }) =>
    (value, now) =>
      compareAge(value, duration, calendar, now) > 0,
});
