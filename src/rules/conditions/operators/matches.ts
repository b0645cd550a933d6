import { z } from 'zod';

import { compilePattern, patternProblem } from '../../text/pattern.ts';
import { operator } from '../operator.ts';
import { textOf } from '../text-of.ts';

const Pattern = z.string().superRefine((pattern, context) => {
  const problem = patternProblem(pattern);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem, params: { code: 'E_REGEX' } });
});

/** Some part of the folded text matches a regular expression of RE2 (F11). */
export const matches = operator({
  argument: Pattern,
  onBlank: () => false,
  compile: (pattern, context) => {
    const isMatch = compilePattern(pattern, context);
    return (value) => isMatch(textOf(value, context));
  },
});
