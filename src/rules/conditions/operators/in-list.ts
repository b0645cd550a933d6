import { z } from 'zod';

import { AppError } from '../../../domain/error.ts';
import { operator } from '../operator.ts';
import type { Lists } from '../operator.ts';
import { fold } from '../../text/fold.ts';

/** The value is a member of a named list. */
export const inList = operator({
  argument: z.string(),
  onBlank: () => false,
  compile: (name, { lists }) => {
    const members = membersOf(name, lists);
    return (value) => members.has(fold(String(value)));
  },
});

/**
 * The members of a named list, folded.
 * @throws AppError `E_LIST_UNKNOWN` (fix-config) when there is no such list.
 */
export function membersOf(name: string, lists: Lists): ReadonlySet<string> {
  const members = lists.get(name);
  if (members === undefined) {
    throw new AppError({
      code: 'E_LIST_UNKNOWN',
      recovery: 'fix-config',
      message: `there is no list "${name}"`,
      mend: 'name one of the lists of the configuration',
    });
  }
  return members;
}
