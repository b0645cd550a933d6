import { z } from 'zod';

import { readInstant } from '../../domain/instant.ts';
import { Duration } from '../calendars/schema.ts';

const Name = z.string().min(1);
const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const Count = z.number().int().min(0);

const At = z.string().transform((text, context): number => {
  try {
    return readInstant(text);
  } catch {
    context.addIssue({ code: 'custom', message: `"${text}" is not an instant, write 2026-11-21T10:00:00Z` });
    return z.NEVER;
  }
});

/** How many open leads each user has, by username. */
const OpenLeads = z.record(Name, Count).default({});

const SetFields = z.record(Name, Value);

/** An expected value: null means absent; a key that is not there is not looked at. */
function expected<Schema extends z.ZodType>(schema: Schema): z.ZodOptional<z.ZodNullable<Schema>> {
  return schema.nullable().optional();
}

const named = { name: Name, at: At.nullable().default(null) };

const LeadTest = z.strictObject({
  ...named,
  /** API names, and what the history gives. */
  lead: z.object({ previous_outcome: Name.nullable().default(null), open_leads: OpenLeads }).catchall(Value),
  expect: z.strictObject({
    outcome: expected(Name),
    reason: expected(Name),
    points: expected(z.number()),
    territory: expected(Name),
    route: expected(
      z.enum(['record_override', 'sticky_duplicate', 'named_account', 'matched_account', 'territory', 'fallback']),
    ),
    pool: expected(Name),
    owner: expected(Name),
    wait_until: expected(At),
    set: expected(SetFields),
    findings: expected(z.array(Name)),
  }),
});

const OpportunityTest = z.strictObject({
  ...named,
  opportunity: z
    .object({
      roles: z
        .array(
          z.strictObject({
            contact: Name,
            role: z.string().nullable().default(null),
            primary: z.boolean().default(false),
            live: z.boolean().default(true),
            engaged: z.boolean().default(true),
          }),
        )
        .default([]),
    })
    .catchall(Value),
  expect: z.strictObject({
    status: expected(z.enum(['compliant', 'warning', 'violation', 'exempt', 'not_applicable'])),
    coverage: expected(Name),
    missing: expected(z.array(Name)),
    not_engaged: expected(z.array(Name)),
    findings: expected(z.array(Name)),
    required_by: expected(Name),
  }),
});

const PoolTest = z.strictObject({
  ...named,
  pool: z.strictObject({
    id: Name,
    picks: z.number().int().min(1).max(10_000),
    /** First and last pick, counted from 1, between which the user is away. */
    away: z.record(Name, z.tuple([Count, Count])).default({}),
    open_leads: OpenLeads,
  }),
  expect: z.strictObject({ owners: expected(z.array(Name)) }),
});

const DueTest = z.strictObject({
  ...named,
  due: z.strictObject({ calendar: Name, from: At, add: Duration }),
  expect: z.strictObject({ at: expected(At) }),
});

const SlaTest = z.strictObject({
  ...named,
  sla: z.strictObject({
    policy: Name,
    calendar: Name,
    assigned: At,
    touches: z.array(z.strictObject({ kind: Name, completed: At, created: At.nullable().default(null) })).default([]),
    paused: z.array(z.tuple([At, At])).default([]),
    reassigned: z.strictObject({ at: At, calendar: Name }).nullable().default(null),
  }),
  expect: z.strictObject({
    first_touch: expected(z.enum(['met', 'breached', 'running'])),
    due: expected(At),
    warn: expected(At),
    reassign: expected(At),
    touches: expected(Count),
    window_ends: expected(At),
  }),
});

/** One of the rules' own examples: a name, one subject, and what is expected of it, a partial match. */
export const RuleTest = z.union([LeadTest, OpportunityTest, PoolTest, DueTest, SlaTest], {
  error: 'a test has exactly one subject: lead, opportunity, pool, due or sla',
});
export type RuleTest = z.output<typeof RuleTest>;

/** The section `tests`. Instants become epoch milliseconds. */
export const RuleTests = z.array(RuleTest);
export type RuleTests = z.output<typeof RuleTests>;
