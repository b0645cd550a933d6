import { z } from 'zod';

/** A class of size by number of employees: `[min, max)`, or those whose number is not known. */
const Segment = z
  .strictObject({
    min: z.number().nonnegative().optional(),
    max: z.number().positive().optional(),
    blank: z.literal(true).optional(),
  })
  .superRefine(({ min, max, blank }, context) => {
    if (blank === true && (min !== undefined || max !== undefined)) {
      context.addIssue({
        code: 'custom',
        message: 'blank is the segment of unknown sizes; it has neither min nor max',
      });
    }
    if (blank === undefined && min === undefined && max === undefined) {
      context.addIssue({ code: 'custom', message: 'expected min, max or blank: true' });
    }
    if (min !== undefined && max !== undefined && min >= max) {
      context.addIssue({ code: 'custom', message: `min ${min} is not below max ${max}: the segment is empty` });
    }
  });

/** The segments by name (R8). That they neither overlap nor leave a gap is `segmentProblems`. */
export const Segments = z.record(z.string(), Segment);
export type Segments = z.output<typeof Segments>;
