import { z } from 'zod';

import { operator } from '../operator.ts';

/** The value is blank, or is not. 0 and false are not blank (F10). */
export const blank = operator({
  argument: z.boolean(),
  onBlank: (isBlankWanted) => isBlankWanted,
  compile: (isBlankWanted) => () => !isBlankWanted,
});
