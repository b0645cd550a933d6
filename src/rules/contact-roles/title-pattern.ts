import { z } from 'zod';

import { patternProblem } from '../text/pattern.ts';

/** A pattern over contact titles, in RE2 syntax and checked when it is read (`E_REGEX`). */
export const TitlePattern = z.string().superRefine((pattern, context) => {
  const problem = patternProblem(pattern);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem, params: { code: 'E_REGEX' } });
});
