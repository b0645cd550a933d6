import { z } from 'zod';

import { Condition } from '../conditions/schema.ts';
import { Name, Target, Texts } from './target.ts';

const RangeBound = z.string({ error: 'expected a text of digits in quotes' });

/** Two bounds of one width, both included (F18). */
const PostalRange = z.tuple([RangeBound, RangeBound]).superRefine(([low, high], context) => {
  if (!/^\d+$/.test(low) || low.length !== high.length || !/^\d+$/.test(high)) {
    context.addIssue({
      code: 'custom',
      message: `"${low}" to "${high}" is not a range: both bounds are digits, as many in one as in the other`,
      params: { code: 'E_RANGE_WIDTH' },
    });
  } else if (low > high) {
    context.addIssue({ code: 'custom', message: `"${low}" is above "${high}": the range is empty` });
  }
});

const Postal = z
  .strictObject({ prefix: Texts.optional(), range: z.array(PostalRange).optional() })
  .refine(({ prefix, range }) => prefix !== undefined || range !== undefined, { error: 'expected prefix or range' });

/** Keys AND, values within a key OR (R7). An empty match is true. */
export const TerritoryMatch = z.strictObject({
  country: Texts.optional(),
  state: Texts.optional(),
  segment: Texts.optional(),
  postal: Postal.optional(),
  when: Condition.optional(),
});
export type TerritoryMatch = z.output<typeof TerritoryMatch>;

/** One node of the territory tree; its path is the ids from the root, and `/` parts them. */
export type TerritorySource = {
  readonly id: string;
  readonly match: TerritoryMatch;
  readonly assign?: Target | undefined;
  readonly children: readonly TerritorySource[];
};

const TerritoryId = Name.regex(/^[^/]+$/, { error: 'must not hold a /' });

export const TerritorySource: z.ZodType<TerritorySource> = z.strictObject({
  id: TerritoryId,
  match: TerritoryMatch.prefault({}),
  assign: Target.optional(),
  get children(): z.ZodType<readonly TerritorySource[]> {
    return Territories;
  },
});

/** Siblings in the order of the file: the first that matches is entered (R6). */
export const Territories: z.ZodType<readonly TerritorySource[]> = z
  .array(TerritorySource)
  .default([])
  .superRefine((siblings, context) => {
    const ids = new Set<string>();
    for (const [index, { id }] of siblings.entries()) {
      if (ids.has(id)) {
        const message = `"${id}" is used by a sibling; the path of a territory must be its own`;
        context.addIssue({ code: 'custom', path: [index, 'id'], message, params: { code: 'E_DUP_ID' } });
      }
      ids.add(id);
    }
  });
