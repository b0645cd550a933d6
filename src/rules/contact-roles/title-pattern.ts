import { RE2JS } from 're2js';
import { z } from 'zod';

/** A pattern over contact titles, in RE2 syntax and checked when it is read (`E_REGEX`). */
export const TitlePattern = z.string().superRefine((pattern, context) => {
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `"${pattern}" is not a pattern in RE2 syntax: ${reason}`;
    context.addIssue({ code: 'custom', message, params: { code: 'E_REGEX' } });
  }
});
