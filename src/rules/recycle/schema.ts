import { z } from 'zod';

import { Duration } from '../calendars/schema.ts';
import { Condition } from '../conditions/schema.ts';

const Name = z.string().min(1);
const Queue = z.strictObject({ queue: Name });

/** Fields to write, by API name; texts may hold `{placeholders}`, null clears. */
const SetFields = z.record(Name, z.union([z.string(), z.number(), z.boolean(), z.null()]));

/** The ways out of sales work (Y1). */
export const DISPOSITIONS = ['qualified', 'recycle', 'trash', 'unable_to_reach'] as const;

const Disposition = z.strictObject({
  status: Name,
  /** Fields that must not be blank on entering this status (Y2). */
  requires: z.array(Name).default([]),
  terminal: z.boolean().default(false),
});

/** What happens to a lead after it left sales work (Y4–Y6). */
export const Treatment = z.strictObject({
  cool_off: Duration,
  nurture: z.strictObject({ queue: Name, campaign: Name.optional() }),
  /** A date field that replaces the end of the cool-off when it lies in the future. */
  wake_on: Name.optional(),
});
export type Treatment = z.output<typeof Treatment>;

const AutoRule = z.strictObject({
  id: Name,
  when: Condition,
  to: z.enum(DISPOSITIONS),
  set: SetFields.default({}),
});

const HangingRule = z.strictObject({
  status: Name,
  max_age: Duration,
  to: z.enum(['alert', 'nurture', 'reroute', 'archive', 'recycle', 'trash', 'unable_to_reach']),
  reason: Name.optional(),
});

/** The section `recycle`: dispositions, treatments, the way back, and what must not hang. */
export const Recycle = z
  .strictObject({
    mode: z.enum(['off', 'observe', 'enforce']).default('enforce'),
    dispositions: z.strictObject({
      qualified: Disposition.optional(),
      recycle: Disposition.optional(),
      trash: Disposition.optional(),
      unable_to_reach: Disposition.optional(),
    }),
    auto: z.array(AutoRule).default([]),
    /** By reason value; the treatment `Stale` also serves reasons that have none (Y4). */
    reasons: z.record(Name, Treatment).default({}),
    unable_to_reach: Treatment.optional(),
    re_entry: z
      .strictObject({
        when: Condition,
        hand_raise_skips_cool_off: z.boolean().default(true),
        route_to: z.enum(['previous_owner', 'fresh']).default('previous_owner'),
      })
      .optional(),
    // oxlint-disable-next-line unicorn/no-thenable -- the key of the YAML; it is never awaited
    max_recycles: z.strictObject({ count: z.number().int().min(1), then: z.literal('archive') }).optional(),
    archive: z.strictObject({ status: Name, set: SetFields.default({}), owner: Queue.optional() }).optional(),
    hanging: z.array(HangingRule).default([]),
  })
  .superRefine(({ archive, max_recycles, hanging, dispositions, auto }, context) => {
    const missing = (path: PropertyKey[], message: string): void =>
      context.addIssue({ code: 'custom', path, message, params: { code: 'E_MISSING_KEY' } });
    const isDefined = (target: string): boolean => {
      if (target === 'archive') return archive !== undefined;
      return !(DISPOSITIONS as readonly string[]).includes(target) || target in dispositions;
    };
    if (max_recycles !== undefined && !isDefined('archive')) {
      missing(['max_recycles', 'then'], '"archive" is the end of recycling, but recycle.archive is missing');
    }
    for (const [index, { to }] of auto.entries()) {
      if (!isDefined(to)) missing(['auto', index, 'to'], `"${to}" is not among recycle.dispositions`);
    }
    for (const [index, { to }] of hanging.entries()) {
      if (!isDefined(to)) missing(['hanging', index, 'to'], `"${to}" is not configured under recycle`);
    }
  });
export type Recycle = z.output<typeof Recycle>;
