import type { z } from 'zod';

/** Reports every id that a list uses a second time: verdicts and reasons are told apart by it. */
export function checkIds(rules: readonly { readonly id: string }[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, { id }] of rules.entries()) {
    if (seen.has(id)) {
      context.addIssue({
        code: 'custom',
        path: [index, 'id'],
        message: `"${id}" is used twice in this list; give each its own id`,
        params: { code: 'E_DUP_ID' },
      });
    }
    seen.add(id);
  }
}
