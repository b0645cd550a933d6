import { z } from 'zod';

import { Duration } from '../calendars/schema.ts';
import { Condition } from '../conditions/schema.ts';
import { patternProblem } from '../text/pattern.ts';

const Name = z.string().min(1);

/** Fields to write, by API name; texts may hold `{placeholders}`, null clears. */
const SetFields = z.record(Name, z.union([z.string(), z.number(), z.boolean(), z.null()]));

const Pattern = z.string().superRefine((pattern, context) => {
  const message = patternProblem(pattern);
  if (message !== null) context.addIssue({ code: 'custom', message, params: { code: 'E_REGEX' } });
});

/** What happens at a step: one of an alert, a task, or fields of the lead. */
export const SlaAction = z
  .strictObject({
    alert: Name.optional(),
    task: z
      .strictObject({
        /** `owner`, `manager`, or a user. */
        to: Name,
        subject: Name,
        due: Duration.optional(),
        priority: Name.default('Normal'),
        body: z.string().default(''),
      })
      .optional(),
    set: SetFields.optional(),
  })
  .refine((action) => Object.keys(action).length === 1, {
    error: 'an action is exactly one of { alert: NAME }, { task: {…} }, { set: {…} }',
  });
export type SlaAction = z.output<typeof SlaAction>;

const Actions = z.array(SlaAction).default([]);

/** What counts as a touch (S3–S5). */
const Touch = z.strictObject({
  counts: z.strictObject({ Task: Condition.optional(), Event: Condition.optional() }),
  by: z.enum(['owner', 'anyone']).default('owner'),
  not_by: z.array(Name).default([]),
  not_subject: z.array(Pattern).default([]),
  backdate_max: Duration.prefault('30m'),
  merge_within: Duration.prefault('5m'),
});

/** The deadlines of one kind of lead; all durations run on the policy's clock from the start (S7). */
export const SlaPolicy = z.strictObject({
  id: Name,
  when: Condition,
  /** `assignee`, or a calendar's name. */
  clock: Name.default('assignee'),
  first_touch: z.strictObject({ within: Duration, warn: Duration.optional() }),
  touches: z
    .strictObject({
      min: z.number().int().min(1),
      within: Duration,
      at_least: z
        .strictObject({
          Call: z.number().int().min(0).optional(),
          Email: z.number().int().min(0).optional(),
          Meeting: z.number().int().min(0).optional(),
        })
        .default({}),
    })
    .optional(),
  on_warn: Actions,
  on_breach: Actions,
  reassign: z
    .strictObject({
      after: Duration,
      max: z.number().int().min(1),
      // oxlint-disable-next-line unicorn/no-thenable -- the key of the YAML; it is never awaited
      then: z.strictObject({ queue: Name }),
    })
    .optional(),
});
export type SlaPolicy = z.output<typeof SlaPolicy>;

/** The section `sla`: what a touch is, the policies in the order they are tried, acceptance, pauses and ends. */
export const Sla = z.strictObject({
  mode: z.enum(['off', 'observe', 'enforce']).default('enforce'),
  touch: Touch,
  policies: z.array(SlaPolicy),
  acceptance: z
    .strictObject({
      within: Duration,
      accepted: z.array(Name).min(1),
      rejected: z.array(Name).default([]),
      on_timeout: Actions,
    })
    .optional(),
  pause_when: Condition.optional(),
  stop_when: Condition.optional(),
});
export type Sla = z.output<typeof Sla>;
