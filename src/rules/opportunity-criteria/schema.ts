import { z } from 'zod';

import { Condition } from '../conditions/schema.ts';
import { SetEntries } from '../contact-roles/set-entries.ts';

const Stage = z.strictObject({ stage: z.string().trim().min(1), require: Condition });

/** `opportunity_criteria:`, what must be true of a deal by which stage. Each stage adds to the ones above it. */
export const OpportunityCriteria = z.strictObject({
  mode: z.enum(['off', 'observe', 'enforce']).default('observe'),
  scope: Condition.default({}),
  stages: z.array(Stage).min(1),
  set: SetEntries.default({}),
});
export type OpportunityCriteria = z.output<typeof OpportunityCriteria>;
