import { z } from 'zod';

import { fold } from '../../text/fold.ts';
import { operator } from '../operator.ts';
import { membersOf } from './in-list.ts';

/** The value is blank, or is not a member of a named list. */
export const notInList = operator({
  argument: z.string(),
  onBlank: () => true,
  compile: (name, { lists }) => {
    const members = membersOf(name, lists);
    return (value) => !members.has(fold(String(value)));
  },
});
