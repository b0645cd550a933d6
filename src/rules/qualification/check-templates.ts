import type { z } from 'zod';

import type { FieldValue } from '../../domain/record.ts';
import { templateNames } from '../template.ts';

/** What qualification offers to templates besides the lead's own fields. */
const NAMES = ['now', 'reason', 'outcome', 'points', 'group', 'bucket'];

/** Reports the names in braces that no decision can fill. */
export function checkSetTemplates(set: Readonly<Record<string, FieldValue>>, context: z.RefinementCtx): void {
  for (const [field, value] of Object.entries(set)) {
    if (typeof value === 'string') reportUnknownNames(value, NAMES, [field], context);
  }
}

/** Reports the names of one template that are neither offered nor a field's. */
export function reportUnknownNames(
  text: string,
  offered: readonly string[],
  path: readonly PropertyKey[],
  context: z.RefinementCtx,
): void {
  for (const name of templateNames(text)) {
    if (offered.includes(name) || isFieldName(name)) continue;
    context.addIssue({
      code: 'custom',
      path: [...path],
      message: `"{${name}}" stands for nothing; known: a field, ${offered.join(', ')}`,
      params: { code: 'E_TEMPLATE_NAME' },
    });
  }
}

/** An API name or path (`Owner.Email`) starts with a capital; the names that are derived (F13) have a dot. */
function isFieldName(name: string): boolean {
  return (
    /^[A-Z]\w*(?:\.[A-Z]\w*)*$/.test(name) || /^(?:geo|email|web|company)\.[a-z_]+$/.test(name) || name === 'segment'
  );
}
