import { z } from 'zod';

/** Seconds, minutes, hours, days of 24 hours, and business days. */
export type DurationUnit = 's' | 'm' | 'h' | 'd' | 'bd';

/**
 * A length of time as rules write it: `30m`, `4h`, `2bd`, `15d`, `30s`.
 * `amount` is a whole number of 0 or more. Anything else is the problem `E_DURATION`.
 */
export const Duration = z.preprocess(
  // A bare number is read on, so that it is reported as a duration without its unit and not as a wrong type.
  (value) => (typeof value === 'number' ? String(value) : value),
  z.string().transform((text, context): { readonly amount: number; readonly unit: DurationUnit } => {
    const parts = /^(\d{1,9})(s|m|h|d|bd)$/.exec(text.trim());
    if (parts !== null) return { amount: Number(parts[1]), unit: parts[2] as DurationUnit };
    context.addIssue({
      code: 'custom',
      message: `"${text}" is not a duration; write a whole number and a unit: 30s, 20m, 4h, 15d or 2bd`,
      params: { code: 'E_DURATION' },
    });
    return z.NEVER;
  }),
);
export type Duration = z.output<typeof Duration>;

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** The milliseconds of a duration in seconds, minutes, hours or days. Business days have no fixed length. */
export function elapsedMs(amount: number, unit: Exclude<DurationUnit, 'bd'>): number {
  return amount * SECONDS[unit] * 1000;
}
