import { z } from 'zod';

import { Duration } from '../calendars/schema.ts';
import { Condition } from '../conditions/schema.ts';
import { Name, Target, Texts } from './target.ts';

/** The strategies of a pool; one file each in `pools/strategies`. */
export const STRATEGY_NAMES = [
  'round_robin',
  'weighted_round_robin',
  'least_loaded',
  'first_available',
  'fixed',
] as const;
export type StrategyName = (typeof STRATEGY_NAMES)[number];

const Cap = z.strictObject({
  /** The most open leads a member may hold and still get another. */
  open: z.int().nonnegative().optional(),
  /** The most assignments since midnight in the pool's calendar. */
  day: z.int().nonnegative().optional(),
});
export type Cap = z.output<typeof Cap>;

/** Where a pool that has nobody hands on: a chain of pools that ends in a queue (R10). */
const Exhausted = Target.superRefine((target, context) => {
  if (target.kind !== 'user') return;
  context.addIssue({
    code: 'custom',
    message: `"${target.user}" is a user; the chain of a pool goes on in a pool and ends in a queue`,
    params: { code: 'E_FALLBACK_NOT_QUEUE' },
  });
});

const settings = {
  strategy: z.enum(STRATEGY_NAMES).optional(),
  outside_hours: z.enum(['wait', 'next', 'assign_anyway']).optional(),
  /** Elapsed time. */
  max_wait: Duration.optional(),
  on_exhausted: Exhausted.optional(),
  cap: Cap.optional(),
  /** Which leads count as a member's open ones. */
  open_leads: Condition.optional(),
  exclude_previous: z.int().nonnegative().optional(),
  calendar: Name.optional(),
};

/** What every pool has that does not say otherwise. */
export const PoolDefaults = z.strictObject(settings);
export type PoolDefaults = z.output<typeof PoolDefaults>;

export type MemberSource = { readonly user: string; readonly weight: number; readonly cap?: Cap | undefined };

const Member = z.union(
  [
    Name.transform((user): MemberSource => ({ user, weight: 1 })),
    z.strictObject({ user: Name, weight: z.number().positive().default(1), cap: Cap.optional() }),
  ],
  { error: 'expected a username or { user: username, weight: 2, cap: { open: 60 } }' },
);

/** A group of people who take turns. */
export const PoolSource = z
  .strictObject({
    ...settings,
    /** Skills that a member must have, each with one of the values. */
    require: z.record(Name, Texts).optional(),
    members: z.array(Member).default([]).superRefine(checkMembers),
  })
  .refine(({ strategy, members }) => strategy !== 'fixed' || members.length === 1, {
    error: 'a fixed pool has exactly one member',
    path: ['members'],
  });
export type PoolSource = z.output<typeof PoolSource>;

function checkMembers(members: readonly MemberSource[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, { user }] of members.entries()) {
    if (seen.has(user.toLowerCase())) {
      const message = `"${user}" is a member already; a greater share is a weight`;
      context.addIssue({ code: 'custom', path: [index], message, params: { code: 'E_DUP_ID' } });
    }
    seen.add(user.toLowerCase());
  }
}
