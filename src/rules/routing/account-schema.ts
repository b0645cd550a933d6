import { z } from 'zod';

import { Condition } from '../conditions/schema.ts';
import { Name } from './target.ts';

/** The signs that a lead belongs to an account, each with its points (R5). */
export const MATCH_KEYS = ['email_domain', 'website_domain', 'company_exact', 'country'] as const;
export type MatchKey = (typeof MATCH_KEYS)[number];

/** One rule of order among accounts with the same score. */
export type Tiebreak =
  | { readonly kind: 'equals'; readonly field: string; readonly value: string }
  | { readonly kind: 'order'; readonly field: string; readonly direction: 'asc' | 'desc' };

const TiebreakText = z.string().transform((text, context): Tiebreak => {
  const equals = /^([\w.]+)\s*=\s*(\S.*?)\s*$/.exec(text.trim());
  if (equals !== null) return { kind: 'equals', field: equals[1] ?? '', value: equals[2] ?? '' };
  const order = /^([\w.]+)(?:\s+(asc|desc))?$/i.exec(text.trim());
  if (order !== null) {
    const direction = order[2]?.toLowerCase() === 'desc' ? 'desc' : 'asc';
    return { kind: 'order', field: order[1] ?? '', direction };
  }
  context.addIssue({
    code: 'custom',
    message: `"${text}" is neither "Field = value" nor "Field asc" nor "Field desc"`,
  });
  return z.NEVER;
});

/** How a lead finds its account. */
export const MatchedAccount = z.strictObject({
  keys: z.strictObject(Object.fromEntries(MATCH_KEYS.map((key) => [key, z.number().nonnegative().default(0)])) as Keys),
  accept_score: z.number().positive(),
  /** A list of domains that are nobody's own; they are not a key. */
  ignore_domains: Name.optional(),
  where: Condition.prefault({}),
  tiebreak: z
    .array(TiebreakText)
    .default([{ kind: 'order', field: 'Id', direction: 'asc' }])
    .refine((breaks) => breaks.at(-1)?.kind === 'order' && breaks.at(-1)?.field === 'Id', {
      error: 'the last tiebreak must be Id: two accounts never stay tied',
    }),
});
export type MatchedAccount = z.output<typeof MatchedAccount>;

type Keys = Record<MatchKey, z.ZodDefault<z.ZodNumber>>;
