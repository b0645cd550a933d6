import { z } from 'zod';

import { templateNames } from '../template.ts';

/** The names in braces that are ours; any other that starts with a capital is a field of the opportunity. */
export const RULING_NAMES = [
  'status',
  'coverage',
  'satisfied',
  'total',
  'missing',
  'not_engaged',
  'required_by',
  'tier',
  'findings',
] as const;
export type RulingName = (typeof RULING_NAMES)[number];

/** `set:` of a module that judges opportunities: field to text with names in braces. */
export const SetEntries = z.record(z.string().trim().min(1), z.string().superRefine(checkTemplate));
export type SetEntries = z.output<typeof SetEntries>;

/** Reports each name in braces that nothing will ever fill. */
export function checkTemplate(text: string, context: z.RefinementCtx): void {
  for (const name of templateNames(text)) {
    if (/^[A-Z]/.test(name) || RULING_NAMES.some((known) => known === name)) continue;
    const message = `"{${name}}" stands for nothing; write one of ${RULING_NAMES.join(', ')}, or a field of the opportunity`;
    context.addIssue({ code: 'custom', message, params: { code: 'E_TEMPLATE_NAME' } });
  }
}
