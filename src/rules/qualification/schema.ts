import { z } from 'zod';

import { Duration } from '../calendars/schema.ts';
import { Condition } from '../conditions/schema.ts';
import { GeoSettings } from '../geography/schema.ts';
import { Name, OwnerTarget, SetValue } from '../routing/target.ts';
import { checkIds } from './check-ids.ts';
import { checkSetTemplates } from './check-templates.ts';

/** What a rule of a list names besides its condition. */
const Rule = z.strictObject({ id: Name, when: Condition });

const DisqualifyRule = z.strictObject({ id: Name, bucket: Name.optional(), when: Condition });

const PointsRule = z.strictObject({ id: Name, add: z.number(), when: Condition });

const Score = z
  .strictObject({
    /** At or above: qualified. */
    enter: z.number(),
    /** Below: no longer qualified; without it, `enter`. */
    leave: z.number().optional(),
    points: z.array(PointsRule).superRefine(checkIds),
  })
  .refine(({ enter, leave }) => leave === undefined || leave <= enter, {
    error: 'leave must not be above enter',
    path: ['leave'],
  });

const QualifyGroup = z
  .strictObject({ id: Name, when: Condition.optional(), score: Score.optional() })
  .refine((group) => (group.when === undefined) !== (group.score === undefined), {
    error: 'expected either when or score',
  });

/** An outcome that a list may end in. */
const FinalOutcome = z.enum(['nurture', 'disqualified', 'qualified', 'suppressed']);

const Effect = z.strictObject({
  set: z.record(Name, SetValue).default({}).superRefine(checkSetTemplates),
  owner: OwnerTarget.optional(),
});

/** Which leads are sales-ready: the key `qualification` (Q1–Q9). */
export const Qualification = z.strictObject({
  mode: z.enum(['off', 'observe', 'enforce']).default('observe'),
  scope: Condition.prefault({}),
  protect: z
    .strictObject({ statuses: z.array(Name).default([]), human_change_wins_for: Duration.optional() })
    .prefault({}),
  geo: GeoSettings.prefault({}),
  suppress: z.array(Rule).default([]).superRefine(checkIds),
  disqualify: z.array(DisqualifyRule).default([]).superRefine(checkIds),
  require_data: z
    .strictObject({
      fields: z.array(Name).min(1),
      // oxlint-disable-next-line unicorn/no-thenable -- the key of the YAML; it holds a text and is never awaited
      hold: z.strictObject({ max_age: Duration, then: FinalOutcome }),
    })
    .optional(),
  qualify: z.array(QualifyGroup).default([]).superRefine(checkIds),
  otherwise: FinalOutcome.default('nurture'),
  /** `suppressed` has no effect to configure: it writes nothing at all (Q3). */
  outcomes: z
    .strictObject({ qualified: Effect, nurture: Effect, disqualified: Effect, hold: Effect })
    .partial()
    .default({}),
});
export type Qualification = z.output<typeof Qualification>;
