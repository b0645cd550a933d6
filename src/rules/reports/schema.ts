import { z } from 'zod';

import { Duration } from '../calendars/schema.ts';
import { Cron } from './cron.ts';

/** The figures of a report (definitions in the table of the KPI rules). */
export const METRICS = [
  'mqls_passed',
  'unique_mqls',
  'sals',
  'opps_from_mqls',
  'revenue_from_mqls',
  'mql_to_sal',
  'sal_to_opp',
  'opp_to_won',
  'time_to_first_touch',
  'sla_hit_rate',
  'touches_per_lead',
  'recycle_rate',
  'trash_rate',
  'unable_to_reach_rate',
  'default_owner_rate',
  'distribution_parity',
  'ocr_coverage_by_stage',
  'open_opps_without_contact_roles',
  'influenced_pipeline',
  'rule_bypass',
] as const;

const Dimension = z.string().min(1);
const Share = z.number().min(0).max(1);

const alarmKeys = {
  metric: z.enum(METRICS),
  min_n: z.number().int().min(1).default(1),
  cooldown: Duration.prefault('7d'),
  /** Tests each value of this dimension as well; p is divided by the number of groups (K9). */
  alarm_by: Dimension.nullable().default(null),
};

/** Compares with the weeks before: `two_proportion` of K6. `min_change` is the older name of `min_abs_change`. */
const TrendAlarm = z
  .strictObject({
    ...alarmKeys,
    against: z.string().transform((text, context): number => {
      const weeks = /^trailing_(\d{1,3})_weeks$/.exec(text)?.[1];
      if (weeks !== undefined && Number(weeks) >= 2) return Number(weeks);
      context.addIssue({ code: 'custom', message: `"${text}" is not a baseline, write trailing_8_weeks (2 or more)` });
      return z.NEVER;
    }),
    p_below: Share.default(0.05),
    min_abs_change: Share.optional(),
    min_change: Share.optional(),
  })
  .transform(({ against, min_change, min_abs_change, ...alarm }) => ({
    kind: 'trend' as const,
    ...alarm,
    /** Number of whole weeks before the window. */
    baselineWeeks: against,
    min_abs_change: min_abs_change ?? min_change ?? 0,
  }));

/** Compares with fixed bounds; both are exclusive. */
const BoundAlarm = z
  .strictObject({ ...alarmKeys, above: z.number().optional(), below: z.number().optional() })
  .refine(({ above, below }) => above !== undefined || below !== undefined, {
    error: 'an alarm needs "against", "above" or "below"',
  })
  .transform(({ above = null, below = null, ...alarm }) => ({ kind: 'bound' as const, ...alarm, above, below }));

/** An alarm on one metric. */
export const Alarm = z.union([TrendAlarm, BoundAlarm], { error: 'an alarm needs "against", "above" or "below"' });
export type Alarm = z.output<typeof Alarm>;

/** Where a report goes: a folder for files, or an alert by its name. */
export const Delivery = z
  .strictObject({
    html: z.string().min(1).optional(),
    csv: z.string().min(1).optional(),
    json: z.string().min(1).optional(),
    alert: z.string().min(1).optional(),
  })
  .refine((targets) => Object.keys(targets).length === 1, {
    error: 'a delivery is exactly one of { html: FOLDER }, { csv: FOLDER }, { json: FOLDER }, { alert: NAME }',
  });
export type Delivery = z.output<typeof Delivery>;

/** One report: when, about which window, cut by what, with which alarms, and where it goes. */
export const Report = z.strictObject({
  cron: Cron,
  /** Whole local days, weeks from Monday, or months in `org.timezone`, half-open (K1). */
  window: z.enum(['last_full_day', 'last_full_week', 'last_full_month']).default('last_full_week'),
  basis: z.enum(['cohort', 'activity']).default('cohort'),
  /** How old an engagement must be before its next step is judged. */
  maturity: z
    .strictObject({
      mql_to_sal: Duration.prefault('7d'),
      sal_to_opp: Duration.prefault('30d'),
      opp_to_won: Duration.prefault('120d'),
    })
    .prefault({}),
  by: z.array(Dimension).default([]),
  suppress_groups_below: z.number().int().min(0).default(0),
  alarms: z.array(Alarm).default([]),
  deliver: z.array(Delivery).default([]),
});
export type Report = z.output<typeof Report>;

/** All reports by name. */
export const Reports = z.record(z.string(), Report);
export type Reports = z.output<typeof Reports>;
