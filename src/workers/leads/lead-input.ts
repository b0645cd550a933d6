import { z } from 'zod';

import { Assignment } from '../../rules/routing/assignment.ts';
import { Cause } from './lead-epochs.ts';

/** The modules that decide about leads. */
export const LeadModule = z.enum(['qualification', 'routing']);
export type LeadModule = z.output<typeof LeadModule>;

const Time = z.number();
const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const Outcome = z.enum(['out_of_scope', 'suppressed', 'disqualified', 'hold', 'qualified', 'nurture']);

const User = z.object({
  is_active: z.boolean(),
  /** Which of the configuration's references to users mean this one, by their places in `RoutingRules.users`. */
  named: z.array(z.int()),
  is_override: z.boolean(),
});

const Duplicate = z.object({
  object: z.enum(['Lead', 'Contact']),
  id: z.string(),
  Email: z.string().nullable(),
  owner_id: z.string(),
  is_open: z.boolean(),
  created_at: Time,
  touched_at: Time.nullable(),
});

const Account = z.object({
  id: z.string(),
  owner_id: z.string(),
  fields: z.record(z.string(), Value),
  /** Outcomes of the tests of hidden fields, and which keys it shares. */
  conditions: z.record(z.string(), z.boolean()),
});

const PoolMember = z.object({
  cw: z.number(),
  last_at: z.int().nullable(),
  open: z.int(),
  today: z.int(),
  /** Why the member got no turn (R9); null when nothing was against it. */
  out: z.string().nullable(),
});

/** A pool before the decision, with its members by user id. */
const Pool = z.object({ turns: z.int(), members: z.record(z.string(), PoolMember) });

/**
 * What a decision about a lead rests on besides the lead's fields, which stand beside it (F39): with the configuration
 * of the same hash and the instant of the decision, nothing else is needed to decide it again. Plain JSON; instants in
 * epoch milliseconds, people by user id.
 */
export const LeadInput = z.object({
  /** Two modules decide about one lead on the same facts: their decisions are not the same. */
  module: LeadModule,
  geo: z.object({
    country: z.string().nullable(),
    state: z.string().nullable(),
    postal: z.string().nullable(),
    findings: z.array(z.string()),
    hold: z.boolean(),
  }),
  /** What was odd about the values. */
  value_findings: z.array(z.string()),
  /** Outcomes of the tests of hidden fields and of ages. */
  conditions: z.record(z.string(), z.boolean()),
  /** Of the named account that the lead belongs to; null for none. */
  named_domain: z.string().nullable(),
  previous_outcome: z.object({ outcome: Outcome, group: z.string().nullable() }).nullable(),
  held_since: Time.nullable(),
  status_set_by_person_at: Time.nullable(),
  is_hand_raise: z.boolean(),
  epoch: z.object({ number: z.int(), cause: Cause, from: z.string().nullable(), isWanted: z.boolean() }),
  /** An earlier choice of this epoch. */
  assignment: Assignment.nullable(),
  revert: z.object({ by: z.string(), next: z.enum(['again', 'fight', 'truce']), times: z.int() }).nullable(),
  refused: z.array(z.string()),
  previous_assignees: z.array(z.string()),
  /** Whether anything was remembered of it. */
  is_known: z.boolean(),
  handoffs: z.array(z.string()),
  users: z.record(z.string(), User),
  /** Ids by DeveloperName. */
  queues: z.record(z.string(), z.string()),
  /** What a route was looked for with; null when none was. */
  route: z
    .object({
      duplicates: z.array(Duplicate),
      accounts: z.array(Account),
      pools: z.record(z.string(), Pool),
    })
    .nullable(),
});
export type LeadInput = z.output<typeof LeadInput>;
